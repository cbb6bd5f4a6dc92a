-- What follows when something is below the line or late: who is told, and in which words.
INSERT INTO templates (code, version, event_type, recipient, role, zh, en, effective_from) VALUES
('rectification-escalated', 1, 'evaluation.rectification.escalated.v1', 'division', 'official',
 '协议“{title}”的整改逾期未答复（应于{until}前完成），请督办。',
 'The rectification of “{title}” is still unanswered (due by {until}); see to it.', '2020-01-01'),
('rectification-escalated-secretariat', 1, 'evaluation.rectification.escalated.v1', 'division',
 'secretariat', '协议“{title}”的整改逾期未答复（应于{until}前完成），请领导小组办公室督办。',
 'The rectification of “{title}” is still unanswered (due by {until}); the leading group''s office '
 'is asked to see to it.', '2020-01-01'),
('evaluation-overdue', 1, 'evaluation.commission.overdue.v1', 'division', 'official',
 '协议“{title}”的评估逾期未定案，请尽快办理；余款无争议部分先行支付。',
 'The evaluation of “{title}” is late; conclude it. The undisputed part of the balance is paid '
 'meanwhile.', '2020-01-01'),
('evaluation-overdue-secretariat', 1, 'evaluation.commission.overdue.v1', 'division',
 'secretariat', '协议“{title}”的评估逾期未定案，非承接主体原因，请领导小组办公室督办。',
 'The evaluation of “{title}” is late through no fault of the provider; the leading group''s office '
 'is asked to see to it.', '2020-01-01'),
('evaluation-overdue-provider', 1, 'evaluation.commission.overdue.v1', 'provider',
 'agency-manager', '协议“{title}”的评估逾期未定案，余款无争议部分先行支付，其余待定案后结算。',
 'The evaluation of “{title}” is late; the undisputed part of the balance is paid first, the rest '
 'when the result is sealed.', '2020-01-01'),
('payment-claimed', 1, 'procurement.payment.claimed.v1', 'provider', 'agency-manager',
 '协议“{title}”的{kind}中有{amount}未按约定取得，请退回。',
 'Of the {kind} of “{title}” {amount} was not earned; pay it back.', '2020-01-01'),
('agreement-terminated', 1, 'procurement.agreement.terminated.v1', 'provider', 'agency-manager',
 '协议“{title}”已终止，后续活动停止，请按清算记录办理。',
 'The agreement “{title}” has been terminated; later activities are called off, and the settlement '
 'says what follows.', '2020-01-01'),
('agreement-terminated-community', 1, 'procurement.agreement.terminated.v1', 'division',
 'community', '协议“{title}”已终止，{organisation}在{division}的后续活动停止。',
 'The agreement “{title}” has been terminated; {organisation} holds no later activities in '
 '{division}.', '2020-01-01');
