-- Agreements between the city and other systems on which events they get. What is proposed, at first
-- or as an extension, waits in `proposed_until` until two others than its proposer have approved it.
CREATE TABLE subscriptions (
    id             uuid    PRIMARY KEY,
    version        integer NOT NULL,
    status         text    NOT NULL,
    organisation   text    NOT NULL,
    office         text    NOT NULL,
    account        text    NOT NULL,
    purpose        text    NOT NULL,
    legal_basis    text    NOT NULL,
    types          text[]  NOT NULL,
    divisions      text[]  NOT NULL,
    until_day      date,
    proposed_until date,
    proposed_by    text    NOT NULL,
    approved_by    text[]  NOT NULL,
    reason         text,
    CONSTRAINT a_subscription_has_a_known_status
        CHECK (status IN ('proposed', 'in_force', 'suspended', 'ended', 'expired')),
    CONSTRAINT a_subscription_names_types_and_divisions
        CHECK (cardinality(types) > 0 AND cardinality(divisions) > 0),
    CONSTRAINT a_subscription_holds_until_a_day
        CHECK (status NOT IN ('in_force', 'suspended', 'expired') OR until_day IS NOT NULL),
    CONSTRAINT a_proposed_subscription_says_until_when
        CHECK (status <> 'proposed' OR (proposed_until IS NOT NULL AND until_day IS NULL)),
    CONSTRAINT nobody_approves_an_own_subscription CHECK (proposed_by <> ALL (approved_by)),
    CONSTRAINT nobody_approves_a_subscription_twice
        CHECK (cardinality(approved_by) <= 2 AND approved_by[1] IS DISTINCT FROM approved_by[2]
               OR cardinality(approved_by) = 0),
    CONSTRAINT two_others_approve_what_holds
        CHECK (status NOT IN ('in_force', 'suspended') OR proposed_until IS NOT NULL
               OR cardinality(approved_by) = 2),
    CONSTRAINT what_is_stopped_says_why
        CHECK (status NOT IN ('suspended', 'ended') OR reason IS NOT NULL)
);
CREATE INDEX subscriptions_by_account ON subscriptions (account);

-- Whether an agreement opens an event at the instant of its delivery: `may_see` of
-- domain/subscriptions.py, which a test compares. Every way out of the platform asks this.
CREATE FUNCTION may_see(agreed subscriptions, event_type text, event_division text, today date)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT agreed.status = 'in_force'
       AND agreed.until_day >= today
       AND EXISTS (SELECT
                     FROM unnest(agreed.types) AS wanted
                    WHERE wanted = event_type
                       OR (right(wanted, 2) = '.*' AND starts_with(event_type, left(wanted, -1))))
       AND EXISTS (SELECT
                     FROM unnest(agreed.divisions) AS prefix
                    WHERE starts_with(event_division, prefix))
$$;

-- Who hears of it: those in office who may approve, and who has proposed it and answers for it.
INSERT INTO templates (code, version, event_type, recipient, role, zh, en, effective_from) VALUES
('subscription-proposed', 1, 'notifications.subscription.proposed.v1', 'division', 'official',
 '与“{organisation}”的事件订阅协议待批准，拟有效至{until}，请由提出人以外的两人批准，或予以终止。',
 'A subscription of events by “{organisation}” until {until} waits for approval: two others than '
 'who proposed it approve or end it.', '2020-01-01'),
('subscription-approved', 1, 'notifications.subscription.approved.v1', 'person', NULL,
 '您提出的与“{organisation}”的事件订阅协议已获两人批准，有效至{until}，无需办理。',
 'The subscription of events by “{organisation}” that you proposed is approved by two others and '
 'holds until {until}; you need do nothing.', '2020-01-01'),
('subscription-suspended', 1, 'notifications.subscription.suspended.v1', 'person', NULL,
 '与“{organisation}”的事件订阅协议已暂停，对方暂不能取得事件，请告知对方；原因消除后请恢复。',
 'The subscription of events by “{organisation}” is suspended, and it gets none: tell it, and '
 'resume the subscription when the reason is gone.', '2020-01-01'),
('subscription-resumed', 1, 'notifications.subscription.resumed.v1', 'person', NULL,
 '与“{organisation}”的事件订阅协议已恢复，有效至{until}，请告知对方从原位置继续读取。',
 'The subscription of events by “{organisation}” goes on until {until}: tell it to follow from the '
 'position that it has.', '2020-01-01'),
('subscription-expiring', 1, 'notifications.subscription.expiring.v1', 'person', NULL,
 '与“{organisation}”的事件订阅协议将于{until}到期，仍需要的，请在此之前提出延期并由另外两人批准。',
 'The subscription of events by “{organisation}” ends after {until}: if it is still needed, propose '
 'an extension before, which two others approve.', '2020-01-01'),
('subscription-expired', 1, 'notifications.subscription.expired.v1', 'person', NULL,
 '与“{organisation}”的事件订阅协议已于{until}到期，对方不再取得事件；仍需要的，请另行提出新协议。',
 'The subscription of events by “{organisation}” ended with {until}, and it gets none any more: '
 'propose a new one if it is still needed.', '2020-01-01'),
('subscription-ended', 1, 'notifications.subscription.ended.v1', 'person', NULL,
 '与“{organisation}”的事件订阅协议已提前终止，对方不再取得事件，请告知对方。',
 'The subscription of events by “{organisation}” was ended early, and it gets none any more: tell '
 'it so.', '2020-01-01');
