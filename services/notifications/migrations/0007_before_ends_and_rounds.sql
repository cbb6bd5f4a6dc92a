-- Why a payment is withheld is said with it, and an early end says what has to come back. A city's
-- own wording stays.
INSERT INTO templates (code, version, event_type, recipient, role, zh, en, effective_from)
     SELECT code, 2, event_type, recipient, role,
            '协议“{title}”的{kind}不予支付：{reason}。',
            'The {kind} of “{title}” is not paid: {reason}.', effective_from
       FROM templates
      WHERE code = 'payment-withheld'
        AND version = 1
         ON CONFLICT DO NOTHING;

INSERT INTO templates (code, version, event_type, recipient, role, zh, en, effective_from) VALUES
('settlement-recorded', 1, 'procurement.settlement.recorded.v1', 'provider', 'agency-manager',
 '协议“{title}”已提前终止并清算，应退回{amount}；已取得而未支付的款项另行通知。',
 'The agreement “{title}” ended early and is settled: {amount} has to come back; what is earned '
 'and not yet paid is told apart.', '2020-01-01');

-- 2: the re-evaluation after a first result below the line; null: heard before this was kept.
ALTER TABLE page_results ADD COLUMN round integer;
