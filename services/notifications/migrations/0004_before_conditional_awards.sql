-- An award on a budget that is still planned waits for its approval: the first text would have
-- the parties prepare to sign too early. A city's own wording stays.
INSERT INTO templates (code, version, event_type, recipient, role, zh, en, effective_from)
     SELECT code, 2, event_type, recipient, role, next.zh, next.en, effective_from
       FROM templates
       JOIN (VALUES
             ('tender-awarded',
              '采购项目“{title}”已由贵单位（{organisation}）中选，预算批准后即可签订协议，请做好准备。',
              'The tender “{title}” was awarded to you ({organisation}); prepare to sign the '
              'agreement, which follows the approval of the budget.'),
             ('tender-awarded-purchaser',
              '采购项目“{title}”已确定由{organisation}承接，预算批准后请组织签订协议。',
              'The tender “{title}” was awarded to {organisation}; once the budget is approved, '
              'arrange for the agreement to be signed.')
            ) AS next (code, zh, en) USING (code)
      WHERE version = 1
         ON CONFLICT DO NOTHING;

INSERT INTO templates (code, version, event_type, recipient, role, zh, en, effective_from) VALUES
('tender-confirmed', 1, 'procurement.tender.confirmed.v1', 'provider', 'agency-manager',
 '采购项目“{title}”的预算已批准，请准备与采购人签订协议。',
 'The budget of the tender “{title}” is approved; prepare to sign the agreement.', '2020-01-01'),
('tender-confirmed-purchaser', 1, 'procurement.tender.confirmed.v1', 'purchaser', 'purchaser',
 '采购项目“{title}”的预算已批准，请与{organisation}签订协议。',
 'The budget of the tender “{title}” is approved; agree with {organisation}.', '2020-01-01');
