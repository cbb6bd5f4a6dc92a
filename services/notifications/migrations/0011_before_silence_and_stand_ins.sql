-- Who hears that nobody reviewed a report in time, that nobody observed or need observe an activity,
-- and that a seat of a panel has passed on; and why a report came back, with the day by which to
-- correct it. A city's own wording stays.
INSERT INTO templates (code, version, event_type, recipient, role, zh, en, effective_from)
     SELECT code, 2, event_type, recipient, role,
            '活动“{title}”的简报被退回：{reason}。请由原作者于{until}前更正并重新提交。',
            'The report of “{title}” was returned: {reason}. Its author corrects it and sends it again '
            'by {until}.', effective_from
       FROM templates
      WHERE code = 'activity-returned'
        AND version = 1
         ON CONFLICT DO NOTHING;

INSERT INTO templates (code, version, event_type, recipient, role, zh, en, effective_from) VALUES
('report-unreviewed', 1, 'scheduling.activity.accepted.v1', 'provider', 'agency-manager',
 '活动“{title}”的简报逾期未审核，自{day}起暂予通过，无需办理；审核人仍可予以确认或退回。',
 'Nobody reviewed the report of “{title}” in time: it is accepted provisionally from {day}, and '
 'you need do nothing. A reviewer may still confirm or return it.', '2020-01-01'),
('report-unreviewed-purchaser', 1, 'scheduling.activity.accepted.v1', 'purchaser', 'purchaser',
 '活动“{title}”的简报未在期限内审核，自{day}起暂予通过；请补作审核，予以确认或退回。',
 'The report of “{title}” was not reviewed in time and is accepted provisionally from {day}; '
 'review it still: confirm or return it.', '2020-01-01'),
('report-unreviewed-official', 1, 'scheduling.activity.accepted.v1', 'division', 'official',
 '活动“{title}”的简报未在期限内审核，自{day}起暂予通过；请督促审核，或自行审核。',
 'The report of “{title}” was not reviewed in time and is accepted provisionally from {day}; '
 'press for the review, or make it.', '2020-01-01'),
('observation-waived', 1, 'scheduling.observation.waived.v1', 'provider', 'agency-manager',
 '活动“{title}”（{day}）已由购买方免除现场监督，可以发布。',
 'The purchaser has waived the observer of “{title}” on {day}: it can be published.', '2020-01-01'),
('observation-missed-provider', 1, 'scheduling.observation.missed.v1', 'provider',
 'agency-manager', '活动“{title}”（{day}）现场监督员未到场；活动照常有效，已标记为未监督，将回访部分参加者，请予协助。',
 'Nobody observed “{title}” on {day}; the activity stands, is marked so, and some of its attendees '
 'are called: help with it.', '2020-01-01'),
('observation-missed-observer', 1, 'scheduling.observation.missed.v1', 'person', NULL,
 '未收到您对活动“{title}”（{day}）的现场监督记录，该活动已标记为未监督；请向购买方说明原因。',
 'No record of yours came for “{title}” on {day}, and it is marked as not observed; tell the '
 'purchaser why.', '2020-01-01'),
('panel-stand-in', 1, 'procurement.panel.changed.v1', 'person', NULL,
 '采购项目“{title}”有评审成员回避，由您递补，请对每份有效投标评分；'
 '如与投标人有利害关系，请先申请回避。',
 'A member of the panel for “{title}” has stepped back, and you take the seat: score every valid '
 'bid, or step back first if you are tied to a bidder.', '2020-01-01'),
('panel-changed', 1, 'procurement.panel.changed.v1', 'purchaser', 'purchaser',
 '采购项目“{title}”有评审成员回避，{reason}。',
 'A member of the panel for “{title}” has stepped back: {reason}.', '2020-01-01');

-- Null: heard before this was kept; `rebuild` fills it.
ALTER TABLE page_activities ADD COLUMN correction_due_day date;
