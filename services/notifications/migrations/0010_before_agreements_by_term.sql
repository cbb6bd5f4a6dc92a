-- The list of agreements is read in this order, a page at a time.
CREATE INDEX CONCURRENTLY IF NOT EXISTS page_agreements_by_term
    ON page_agreements (from_day DESC, id DESC);
