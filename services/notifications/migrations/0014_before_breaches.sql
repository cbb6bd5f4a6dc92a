-- Who hears of a breach 违约: the provider, who may object before it counts, and the purchaser, who
-- decides.
INSERT INTO templates (code, version, event_type, recipient, role, zh, en, effective_from) VALUES
('breach-recorded', 1, 'procurement.breach.recorded.v1', 'provider', 'agency-manager',
 '协议“{title}”登记了{day}的一项违约：{reason}，按扣款表应扣{amount}；如有异议，请于{until}前提出，逾期视为无异议。',
 'A breach of “{title}” on {day} is recorded: {reason}; the table deducts {amount}. Object by '
 '{until}, or it counts.', '2020-01-01'),
('breach-objected', 1, 'procurement.breach.objected.v1', 'purchaser', 'purchaser',
 '承接主体对协议“{title}”{day}的违约“{reason}”提出异议，请由登记人以外的人员作出认定。',
 'The provider objects to the breach of “{title}” on {day}: {reason}; another person than who '
 'recorded it decides.', '2020-01-01'),
('breach-confirmed', 1, 'procurement.breach.confirmed.v1', 'provider', 'agency-manager',
 '协议“{title}”{day}的违约“{reason}”已认定，支付余款或清算时按扣款表扣{amount}，以扣款上限为限。',
 'The breach of “{title}” on {day} counts: {reason}; {amount} is deducted from the balance or at '
 'the settlement, within the cap.', '2020-01-01'),
('breach-dropped', 1, 'procurement.breach.dropped.v1', 'provider', 'agency-manager',
 '协议“{title}”{day}的违约“{reason}”不予认定，不扣款。',
 'The breach of “{title}” on {day} does not count: {reason}; nothing is deducted.', '2020-01-01');
