-- Who hears of freed work and of a failed tender; and what to do about a lapse and a missed order.
INSERT INTO templates (code, version, event_type, recipient, role, zh, en, effective_from) VALUES
('assignment-freed', 1, 'scheduling.assignment.freed.v1', 'provider', 'agency-manager',
 '本机构一项已安排的工作因{kind}退回，请改派他人。',
 'Planned work came back to you ({kind}); give it to somebody else.', '2020-01-01'),
('tender-failed-agency', 1, 'procurement.tender.failed.v1', 'area', 'agency-manager',
 '采购项目“{title}”已废标；如重新采购将另行公告，届时请重新投标。',
 'The tender “{title}” has failed; if it is published again, bid again.', '2020-01-01'),
('registration-lapsed', 2, 'registry.registration.lapsed.v1', 'person', NULL,
 '您的社会工作者登记已失效；补足继续教育学时并重新登记前，不得担任活动负责人。',
 'Your registration as a social worker has lapsed; until you make up the hours of continuing '
 'education and register again, you may not lead activities.', '2020-01-02'),
('rectification-overdue', 2, 'evaluation.rectification.overdue.v1', 'provider', 'agency-manager',
 '协议“{title}”的整改已逾期（应于{until}前完成），已报购买方，请立即办理。',
 'The rectification of “{title}” is overdue; it was due by {until}. The purchaser has been told; '
 'do it at once.', '2020-01-02'),
('rectification-overdue-purchaser', 2, 'evaluation.rectification.overdue.v1', 'purchaser',
 'purchaser', '协议“{title}”的整改已逾期（应于{until}前完成），请督促或依协议处理。',
 'The rectification of “{title}” is overdue; it was due by {until}. Press for it, or act as the '
 'agreement says.', '2020-01-02');
