-- An award on a budget that is still planned is conditional; a planned budget can be reduced.
ALTER TABLE tenders
    ADD COLUMN conditional boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT only_an_award_is_conditional CHECK (NOT conditional OR status = 'awarded');
CREATE INDEX tenders_by_budget ON tenders (budget_id);

ALTER TABLE budgets ADD COLUMN planned_sources jsonb;
