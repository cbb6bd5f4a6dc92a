-- Who is told what when something happens: a city's own words and its own idea of who answers.
CREATE TABLE templates (
    code           text    NOT NULL,
    version        integer NOT NULL,
    event_type     text    NOT NULL,
    recipient      text    NOT NULL,
    role           text,
    zh             text    NOT NULL,
    en             text    NOT NULL,
    effective_from date    NOT NULL,
    CONSTRAINT a_template_has_a_version_once PRIMARY KEY (code, version),
    CONSTRAINT a_template_has_a_kind_of_recipient
        CHECK (recipient IN ('person', 'provider', 'purchaser', 'division', 'area')),
    CONSTRAINT a_role_answers_unless_a_person_does
        CHECK ((recipient = 'person') = (role IS NULL))
);
CREATE INDEX templates_by_event ON templates (event_type);

CREATE TABLE messages (
    id               uuid        PRIMARY KEY,
    event_id         uuid        NOT NULL,
    event_type       text        NOT NULL,
    template         text        NOT NULL,
    template_version integer     NOT NULL,
    addressee        text        NOT NULL,
    person           text,
    organisation_id  uuid,
    division         text,
    area             text,
    role             text,
    zh               text        NOT NULL,
    en               text        NOT NULL,
    at               timestamptz NOT NULL,
    CONSTRAINT an_addressee_hears_of_an_event_once UNIQUE (event_id, addressee, template),
    CONSTRAINT a_message_has_one_addressee
        CHECK (num_nonnulls(person, organisation_id, division, area) = 1),
    CONSTRAINT a_message_is_told_by_a_version_of_a_template
        FOREIGN KEY (template, template_version) REFERENCES templates (code, version)
);
CREATE INDEX messages_by_person ON messages (person, id) WHERE person IS NOT NULL;
CREATE INDEX messages_by_organisation ON messages (organisation_id, role, id)
    WHERE organisation_id IS NOT NULL;
CREATE INDEX messages_by_role ON messages (role, id)
    WHERE division IS NOT NULL OR area IS NOT NULL;

-- An inbox of an office is shared, and each person reads for themselves.
CREATE TABLE readings (
    message_id uuid        NOT NULL REFERENCES messages,
    person     text        NOT NULL,
    read_at    timestamptz NOT NULL,
    PRIMARY KEY (message_id, person)
);

-- Views: the public names that texts use, and who the parties of an agreement are.
CREATE TABLE organisations (
    id   uuid PRIMARY KEY,
    name text NOT NULL
);
CREATE TABLE divisions (
    id   text PRIMARY KEY,
    name text NOT NULL
);
CREATE TABLE agreements (
    id           uuid PRIMARY KEY,
    title        text NOT NULL,
    provider_id  uuid NOT NULL,
    purchaser_id uuid NOT NULL
);

INSERT INTO templates (code, version, event_type, recipient, role, zh, en, effective_from) VALUES
('call-opened-town', 1, 'procurement.call.opened.v1', 'area', 'town',
 '征集“{title}”已开始，{until}截止。', 'The call “{title}” is open until {until}.', '2020-01-01'),
('call-opened-community', 1, 'procurement.call.opened.v1', 'area', 'community',
 '征集“{title}”已开始，{until}截止。', 'The call “{title}” is open until {until}.', '2020-01-01'),
('call-opened-agency', 1, 'procurement.call.opened.v1', 'area', 'agency-manager',
 '征集“{title}”已开始，{until}截止。', 'The call “{title}” is open until {until}.', '2020-01-01'),
('tender-published', 1, 'procurement.tender.published.v1', 'area', 'agency-manager',
 '采购项目“{title}”已公告，投标截止时间为{until}。',
 'The tender “{title}” is published; bids are due by {until}.', '2020-01-01'),
('tender-awarded', 1, 'procurement.tender.awarded.v1', 'provider', 'agency-manager',
 '采购项目“{title}”已由贵单位（{organisation}）中选，请准备签订协议。',
 'The tender “{title}” was awarded to you ({organisation}); prepare to sign the agreement.',
 '2020-01-01'),
('tender-awarded-purchaser', 1, 'procurement.tender.awarded.v1', 'purchaser', 'purchaser',
 '采购项目“{title}”已确定由{organisation}承接，请组织签订协议。',
 'The tender “{title}” was awarded to {organisation}; arrange for the agreement to be signed.',
 '2020-01-01'),
('agreement-in-force', 1, 'procurement.agreement.in_force.v1', 'provider', 'agency-manager',
 '协议“{title}”自{day}起生效，至{until}止，请安排工作计划。',
 'The agreement “{title}” is in force from {day} to {until}; plan its work.', '2020-01-01'),
('agreement-in-force-community', 1, 'procurement.agreement.in_force.v1', 'division', 'community',
 '协议“{title}”自{day}起生效，由{organisation}在{division}提供服务。',
 'The agreement “{title}” is in force from {day}; {organisation} serves in {division}.',
 '2020-01-01'),
('payment-due', 1, 'procurement.payment.due.v1', 'provider', 'agency-manager',
 '协议“{title}”的{kind}已到期应付，计划金额{amount}，请开具发票。',
 'The {kind} of “{title}” is due, planned at {amount}; send the invoice.', '2020-01-01'),
('payment-approved', 1, 'procurement.payment.approved.v1', 'division', 'treasury',
 '协议“{title}”的{kind}已审批，金额{amount}，请办理支付。',
 'The {kind} of “{title}” is approved at {amount}; pay it.', '2020-01-01'),
('payment-paid', 1, 'procurement.payment.paid.v1', 'provider', 'agency-manager',
 '协议“{title}”的{kind}已支付，金额{amount}。',
 'The {kind} of “{title}” was paid: {amount}.', '2020-01-01'),
('payment-reduced', 1, 'procurement.payment.reduced.v1', 'provider', 'agency-manager',
 '协议“{title}”的{kind}已按约定核减，支付金额{amount}。',
 'The {kind} of “{title}” was reduced by the agreed table; {amount} is paid.', '2020-01-01'),
('payment-withheld', 1, 'procurement.payment.withheld.v1', 'provider', 'agency-manager',
 '协议“{title}”的{kind}暂停支付，请按评估意见整改。',
 'The {kind} of “{title}” is withheld; put right what the evaluation named.', '2020-01-01'),
('activity-returned', 1, 'scheduling.activity.returned.v1', 'provider', 'agency-manager',
 '活动“{title}”的简报被退回，请于{until}前修改后重新提交。',
 'The report of “{title}” was returned; correct it and send it again by {until}.', '2020-01-01'),
('observation-assigned', 1, 'scheduling.observation.assigned.v1', 'person', NULL,
 '请于{day}到现场监督活动“{title}”。', 'Observe the activity “{title}” on {day}.', '2020-01-01'),
('observation-missed', 1, 'scheduling.observation.missed.v1', 'purchaser', 'purchaser',
 '活动“{title}”（{day}）现场监督员未到场，已标记为未监督，请回访三名参加者。',
 'Nobody observed “{title}” on {day}; it is marked so, and three attendees are to be called.',
 '2020-01-01'),
('workplan-behind', 1, 'scheduling.workplan.behind.v1', 'provider', 'agency-manager',
 '协议“{title}”的产出进度落后：截至{day}完成{count}，请调整计划。',
 '“{title}” is behind its plan: {count} done by {day}.', '2020-01-01'),
('inspection-due', 1, 'evaluation.inspection.due.v1', 'purchaser', 'purchaser',
 '协议“{title}”的{kind}监督检查应于{until}前完成。',
 'The {kind} inspection of “{title}” is due by {until}.', '2020-01-01'),
('inspection-overdue', 1, 'evaluation.inspection.overdue.v1', 'purchaser', 'purchaser',
 '协议“{title}”的{kind}监督检查已逾期（应于{until}前完成）。',
 'The {kind} inspection of “{title}” is overdue; it was due by {until}.', '2020-01-01'),
('inspection-overdue-official', 1, 'evaluation.inspection.overdue.v1', 'division', 'official',
 '协议“{title}”的{kind}监督检查已逾期（应于{until}前完成）。',
 'The {kind} inspection of “{title}” is overdue; it was due by {until}.', '2020-01-01'),
('rectification-ordered', 1, 'evaluation.rectification.ordered.v1', 'provider', 'agency-manager',
 '协议“{title}”须整改，请于{until}前完成。',
 '“{title}” has to be put right by {until}.', '2020-01-01'),
('rectification-overdue', 1, 'evaluation.rectification.overdue.v1', 'provider', 'agency-manager',
 '协议“{title}”的整改已逾期（应于{until}前完成）。',
 'The rectification of “{title}” is overdue; it was due by {until}.', '2020-01-01'),
('rectification-overdue-purchaser', 1, 'evaluation.rectification.overdue.v1', 'purchaser',
 'purchaser', '协议“{title}”的整改已逾期（应于{until}前完成）。',
 'The rectification of “{title}” is overdue; it was due by {until}.', '2020-01-01'),
('visit-assigned', 1, 'evaluation.visit.assigned.v1', 'person', NULL,
 '协议“{title}”的走访已分派给您，请于{day}至{until}之间完成（走访编号{id}）。',
 'A visit for “{title}” is yours to make from {day} to {until} (visit {id}).', '2020-01-01'),
('result-notified', 1, 'evaluation.result.notified.v1', 'provider', 'agency-manager',
 '协议“{title}”的评估结果已告知，如有异议请于{until}前申请复核。',
 'The result of “{title}” is notified; ask for a review by {until} if you disagree.', '2020-01-01'),
('registration-expiring', 1, 'registry.registration.expiring.v1', 'person', NULL,
 '您的社会工作者登记将于{until}到期，请及时办理续期。',
 'Your registration as a social worker ends on {until}; renew it in time.', '2020-01-01'),
('registration-expiring-employer', 1, 'registry.registration.expiring.v1', 'provider',
 'agency-manager', '本机构人员（编号{worker}）的社会工作者登记将于{until}到期。',
 'The registration of your worker {worker} ends on {until}.', '2020-01-01'),
('registration-lapsed', 1, 'registry.registration.lapsed.v1', 'person', NULL,
 '您的社会工作者登记已失效。', 'Your registration as a social worker has lapsed.', '2020-01-01'),
('registration-lapsed-employer', 1, 'registry.registration.lapsed.v1', 'provider',
 'agency-manager', '本机构人员（编号{worker}）的社会工作者登记已失效。',
 'The registration of your worker {worker} has lapsed.', '2020-01-01'),
('coverage-lost', 1, 'registry.coverage.lost.v1', 'division', 'official',
 '{division}的专业社工为{count}，低于规定人数。',
 '{division} has {count} professional workers, fewer than the minimum.', '2020-01-01');
