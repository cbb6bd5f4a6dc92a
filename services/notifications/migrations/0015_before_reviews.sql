-- Who hears of a review 复核: the officials who decide it, and both parties.
INSERT INTO templates (code, version, event_type, recipient, role, zh, en, effective_from) VALUES
('review-asked', 1, 'evaluation.review.asked.v1', 'division', 'official',
 '协议“{title}”的承接主体对评估指标“{indicator}”申请复核，请由告知该结果以外的人员于{until}前决定维持或变更；决定之前不能定案。',
 'The provider of “{title}” asks for a review of the indicator “{indicator}”. An official other '
 'than who notified the result keeps or changes it by {until}; nothing is sealed before.',
 '2020-01-01'),
('review-asked-provider', 1, 'evaluation.review.asked.v1', 'provider', 'agency-manager',
 '贵单位对协议“{title}”评估指标“{indicator}”的复核申请已收到，主管部门应于{until}前作出决定并告知，无需办理；决定之前不定案。',
 'Your request for a review of the indicator “{indicator}” of “{title}” has come in: you are told '
 'the decision by {until} and need do nothing. The result is not sealed before.', '2020-01-01'),
('review-asked-purchaser', 1, 'evaluation.review.asked.v1', 'purchaser', 'purchaser',
 '协议“{title}”的承接主体对评估指标“{indicator}”申请复核，主管部门应于{until}前作出决定，无需办理；余款待结果定案后按得分支付。',
 'The provider of “{title}” asks for a review of the indicator “{indicator}”, which officials '
 'decide by {until}. You need do nothing; the balance is paid by the score once it is sealed.', '2020-01-01'),
('review-decided', 1, 'evaluation.review.decided.v1', 'provider', 'agency-manager',
 '协议“{title}”评估指标“{indicator}”的复核已作出决定：{reason}。{outcome}，余款待定案后按此支付。{next}。',
 'The review of the indicator “{indicator}” of “{title}” is decided: {reason}; {outcome}, by which '
 'the balance is paid once the result is sealed. {next}.', '2020-01-01'),
('review-decided-purchaser', 1, 'evaluation.review.decided.v1', 'purchaser', 'purchaser',
 '协议“{title}”评估指标“{indicator}”的复核已作出决定：{reason}。{outcome}，余款待定案后按此支付。',
 'The review of the indicator “{indicator}” of “{title}” is decided: {reason}; {outcome}, by which '
 'the balance is paid once the result is sealed.', '2020-01-01');

-- What waits for an official's decision. Columns are named as the fields of the events.
CREATE TABLE page_reviews (
    id             uuid PRIMARY KEY,
    result_id      uuid NOT NULL,
    agreement_id   uuid NOT NULL,
    decide_due_day date NOT NULL,
    outcome        text,
    since          date NOT NULL
);
CREATE INDEX page_reviews_open ON page_reviews (result_id) WHERE outcome IS NULL;

-- The renewal of a registration has one name, 延续; a city's own wording stays.
INSERT INTO templates (code, version, event_type, recipient, role, zh, en, effective_from)
     SELECT code, 2, event_type, recipient, role, replace(zh, '办理续期', '办理延续登记'), en,
            effective_from
       FROM templates
      WHERE version = 1
        AND event_type = 'registry.registration.expiring.v1'
        AND zh LIKE '%办理续期%'
         ON CONFLICT DO NOTHING;
