"""What no walk may ever come to, and what a long one must have come to."""

from typing import Final

FORBIDDEN: Final = {
    "more was paid than agreed upon": """
        SELECT agreements.id
          FROM agreements
          JOIN payments ON payments.agreement_id = agreements.id
         WHERE payments.status IN ('paid', 'recovered')
      GROUP BY agreements.id
        HAVING sum(payments.amount - payments.recovered_amount) > agreements.amount
    """,
    "a result did not give its share of the whole balance, to the fen": """
        SELECT agreements.id
          FROM agreements
          JOIN payments AS balance ON balance.agreement_id = agreements.id
           AND balance.kind = 'balance'
          JOIN agreement_results AS result ON result.agreement_id = agreements.id
           AND (result.result_id, result.version) = (balance.result_id, balance.result_version)
          LEFT JOIN payments AS undisputed ON undisputed.agreement_id = agreements.id
           AND undisputed.kind = 'undisputed'
         WHERE agreements.status IN ('in_force', 'completed')
           AND result.balance_share_bp > 0
           AND balance.amount + balance.deducted_amount
               + coalesce(undisputed.amount - undisputed.claimed_amount, 0)
               <> div((agreements.amount - (SELECT sum(planned_amount)
                                              FROM payments
                                             WHERE agreement_id = agreements.id
                                               AND kind = 'startup'))
                      * result.balance_share_bp, 10000)
    """,
    "money went before everybody had signed": """
        SELECT id
          FROM payments
         WHERE paid_day IS NOT NULL
           AND (SELECT count(*)
                  FROM signatures
                 WHERE signatures.agreement_id = payments.agreement_id) < 3
    """,
    "a balance went without result and acceptance": """
        SELECT id
          FROM payments
         WHERE kind = 'balance'
           AND paid_day IS NOT NULL
           AND (result_id IS NULL OR acceptance_id IS NULL OR balance_share_bp = 0)
    """,
    "one person approved twice, or fewer than three approved": """
        SELECT payments.id
          FROM payments
          JOIN approvals AS step ON step.payment_id = payments.id
         WHERE payments.paid_day IS NOT NULL
           AND step.withdrawn_at IS NULL
      GROUP BY payments.id
        HAVING count(DISTINCT step.person) <> 3
            OR count(*) <> 3
    """,
    "more came back than went": """
        SELECT id
          FROM payments
         WHERE recovered_amount > amount
    """,
    "more came back than was claimed": """
        SELECT payments.id
          FROM payments
          JOIN agreements ON agreements.id = payments.agreement_id
         WHERE agreements.status <> 'completed'
           AND recovered_amount > claimed_amount
    """,
    "an end left the provider more, or less, than it had earned": """
        SELECT settlements.id
          FROM settlements
          JOIN payments USING (agreement_id)
      GROUP BY settlements.id
        HAVING sum(payments.amount - payments.claimed_amount) <> settlements.earned_amount
    """,
    "an agreement in force has ended without two persons": """
        SELECT id
          FROM agreements
         WHERE status = 'terminated'
           AND in_force_at IS NOT NULL
           AND (end_proposed_by IS NULL OR end_confirmed_by IS NULL)
    """,
    "a payment was told twice": """
        SELECT subject
          FROM outbox
         WHERE type = 'procurement.payment.paid.v1'
      GROUP BY subject
        HAVING count(*) > 1
    """,
}

REACHED: Final = {
    "a draft was given up": """
        SELECT count(*)
          FROM agreements
         WHERE status = 'terminated'
           AND in_force_at IS NULL
    """,
    "an agreement was completed": "SELECT count(*) FROM agreements WHERE status = 'completed'",
    "an end claimed what was not earned": """
        SELECT count(*)
          FROM settlements
         WHERE claimed_amount > 0
    """,
    "an end owed what was earned": "SELECT count(*) FROM settlements WHERE owed_amount > 0",
    "a result below the line withheld a balance": """
        SELECT count(*)
          FROM payments
         WHERE kind = 'balance'
           AND balance_share_bp = 0
    """,
    "a correction withdrew an approval": """
        SELECT count(*)
          FROM approvals
         WHERE withdrawn_at IS NOT NULL
    """,
    "a correction came after the money": """
        SELECT count(*)
          FROM payments
          JOIN agreement_results AS result USING (agreement_id)
         WHERE payments.paid_day IS NOT NULL
           AND result.version > payments.result_version
    """,
    "an undisputed part was paid": """
        SELECT count(*)
          FROM payments
         WHERE kind = 'undisputed'
           AND paid_day IS NOT NULL
    """,
    "an undisputed part was paid at less than planned": """
        SELECT count(*)
          FROM payments
         WHERE kind = 'undisputed'
           AND paid_day IS NOT NULL
           AND amount < planned_amount
    """,
    "a result claimed part of what was undisputed": """
        SELECT count(*)
          FROM payments
          LEFT JOIN settlements USING (agreement_id)
         WHERE kind = 'undisputed'
           AND payments.claimed_amount > 0
           AND settlements.id IS NULL
    """,
    "what came back of an undisputed part was planned again": """
        SELECT count(*)
          FROM ledger_entries AS line
          JOIN payments ON payments.id = line.payment_id
         WHERE line.act = 'commit'
           AND payments.kind = 'balance'
    """,
    "a correction paid what was planned again": """
        SELECT count(*)
          FROM payments
         WHERE kind = 'balance'
           AND paid_day IS NOT NULL
           AND amount > planned_amount - (SELECT sum(amount)
                                            FROM ledger_entries AS line
                                           WHERE line.payment_id = payments.id
                                             AND line.act = 'commit')
    """,
    "what a completed agreement had left over came back": """
        SELECT count(*)
          FROM payments
          JOIN agreements ON agreements.id = payments.agreement_id
         WHERE agreements.status = 'completed'
           AND recovered_amount > claimed_amount
    """,
}
"""How many rows have been in a state that a rule of the money is there for."""
