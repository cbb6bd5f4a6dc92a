"""What can be wrong in a request to procurement, as it is said to people; money as `¥80,000.00`."""

from typing import Final

from libs.common.errors import Sentence

EXCEEDS_AMOUNT: Final = Sentence(
    "exceeds-amount",
    "结余不得超过协议金额 {most}，请核对。",
    "What is left over is at most the agreement's amount, {most}; correct it.",
)
BELOW_TENDER: Final = Sentence(
    "below-tender",
    "{kind} 类产出合计不得少于采购文件要求的 {least}，目前为 {agreed}。",
    "The tender asked for {least} of the kind {kind}; agree on at least that (now {agreed}).",
)
ABOVE_PLAN: Final = Sentence(
    "above-plan",
    "此项资金不得超过原计划的 {most}，请调减。",
    "At most {most} of this fund was planned; enter that or less.",
)
FUNDS_DIFFER: Final = Sentence(
    "funds-differ",
    "资金来源须与原计划一致，逐项列出：{funds}。",
    "List the funds of the plan, each once: {funds}.",
)
NOT_LESS: Final = Sentence(
    "not-less",
    "调减后的合计须少于原计划的 {amount}。",
    "Enter less in all than was planned, {amount}.",
)
FORM_AND_PROOF_DIFFER: Final = Sentence(
    "form-and-proof-differ",
    "e-seal 只填 seal；paper 只填扫描件和见证人。目前形式为 {form}，请补充或去掉此项。",
    "An e-seal has its seal alone, paper its scan and witness; the form is {form}, so add this"
    " or leave it out.",
)
CODE_TWICE: Final = Sentence(
    "code-twice",
    "每个评审因素须有各自的代码，请改正重复的。",
    "Give each criterion a code of its own.",
)
NOTHING_RATED: Final = Sentence(
    "nothing-rated",
    "至少需要一个由评审小组打分的因素（rated），请补充。",
    "Add at least one criterion that the panel rates.",
)
COMPUTED_TWICE: Final = Sentence(
    "computed-twice",
    "价格和过往履约各只能列一次，请去掉重复的。",
    "Let price and past performance stand once each.",
)
PAST_TOO_HEAVY: Final = Sentence(
    "past-too-heavy",
    "过往履约的权重合计不得超过 {most}（万分比），请调低。",
    "Past performance weighs at most {most} of 10000; lower its weight.",
)
NOT_IN_PROFILE: Final = Sentence(
    "not-in-profile",
    "此类采购不能用该方式，请从下列方式中选择：{methods}。",
    "This profile does not have that method; choose one of these: {methods}.",
)
METHOD_TWICE: Final = Sentence(
    "method-twice",
    "每种采购方式只能列一次，请去掉重复的。",
    "List each method once.",
)
DOES_NOT_FIT: Final = Sentence(
    "does-not-fit",
    "结论为 upheld 时须选择处理方式，为 dismissed 时不选；目前结论为 {verdict}。",
    "Name a remedy for the verdict upheld and none for dismissed; the verdict is {verdict}.",
)
BEFORE_FROM_DAY: Final = Sentence(
    "before-from-day",
    "最后一日不得早于首日 {from_day}。",
    "Choose a last day that is not before the first, {from_day}.",
)
TERM_TOO_LONG: Final = Sentence(
    "term-too-long",
    "协议期最长 {years} 年，请选择 {last} 或以前。",
    "A term lasts at most {years} years; choose {last} or earlier.",
)
BEFORE_TODAY: Final = Sentence(
    "before-today",
    "协议期的最后一日不得早于今日 {today}。",
    "Choose a last day that is not before today, {today}.",
)
OUTSIDE_HOST: Final = Sentence(
    "outside-host",
    "服务点须是落地单位 {host} 之内的社区，请更换。",
    "Choose a community within the host, {host}.",
)
EMPTY: Final = Sentence(
    "empty",
    "产出数量至少为 1；不需要的产出请去掉。",
    "Enter at least 1, or leave this output out.",
)
OFF_AMOUNT: Final = Sentence(
    "off-amount",
    "报价明细合计为 {total}，须等于协议金额 {amount}，请调整。",
    "The price lines sum to {total}; change them to sum to the amount, {amount}.",
)
KINDS: Final = Sentence(
    "kinds",
    "每类付款最多一次，必须有余款（balance），比例不得为 0，请调整。",
    "Let each kind of payment stand at most once, with a balance among them and no share of 0.",
)
SHARES: Final = Sentence(
    "shares",
    "各期付款比例合计须为 {whole}（即 100%），目前为 {total}，请调整。",
    "The shares sum to {total}; change them to sum to {whole}, which is 100 %.",
)
COVER: Final = Sentence(
    "cover",
    "等次须从 0 分起，且每个起始分只出现一次，请调整。",
    "Let one band begin at 0, and no two at the same score.",
)
MONOTONE: Final = Sentence(
    "monotone",
    "分数越高，等次和余款比例不得越低，且等次不重复，请调整。",
    "Name each band once, and let a better score never have a worse band or a smaller share.",
)
DIFFERS: Final = Sentence(
    "differs",
    "发票金额须等于应付金额 {due}，请核对后重新开具。",
    "Exactly {due} is due; make the invoice out over that.",
)
STEP_TWICE: Final = Sentence(
    "step-twice",
    "每个审批环节只能列一次，请去掉重复的。",
    "List each step of approval once.",
)
TOO_LARGE: Final = Sentence(
    "too-large",
    "采购人代表比例不得超过政策规定的 {most}（万分比），请调低。",
    "The purchaser's members are at most {most} of 10000 by the policy; lower the share.",
)
PERSON_TWICE: Final = Sentence(
    "person-twice",
    "每人只列一次，请去掉重复的人员。",
    "Name each person once.",
)
TOO_MANY: Final = Sentence(
    "too-many",
    "采购人代表最多占评审小组的 {most}（万分比），请减少代表或增加专家。",
    "The purchaser's members are at most {most} of 10000 of the panel; name fewer, or draw more"
    " experts.",
)
NOT_A_PDF: Final = Sentence(
    "not-a-pdf",
    "文件不是完整的 PDF，请重新扫描或导出后上传。",
    "This is not a whole PDF (from %PDF- to %%EOF); scan or export it anew and upload it.",
)
DOES_NOT_OPEN: Final = Sentence(
    "does-not-open",
    "此密钥打不开该投标文件，请提交加密时所用的密钥。",
    "This key does not open the bid; hand in the one that it was sealed with.",
)
SEALED_TOO_SHORT: Final = Sentence(
    "sealed-too-short",
    "密封文件须多于 {bytes} 字节，请按说明重新密封后上传。",
    "A sealed bid has more than {bytes} bytes; seal it as described and upload it again.",
)
NOT_RATED: Final = Sentence(
    "not-rated",
    "该因素不由评审小组打分，请去掉；须打分的有：{criteria}。",
    "The panel does not rate this criterion; leave it out, and rate these: {criteria}.",
)
MARKED_TWICE: Final = Sentence(
    "marked-twice",
    "每个因素只打一次分，请去掉重复的。",
    "Mark each criterion once; leave this one out.",
)
CRITERION_MISSING: Final = Sentence(
    "criterion-missing",
    "缺少因素 {criterion} 的评分，请补充。",
    "The criterion {criterion} has no mark; add it.",
)
NOT_CALLED_FOR: Final = Sentence(
    "not-called-for",
    "本次征集不含该领域，请从下列领域中选择：{domains}。",
    "This is not called for; choose one of these: {domains}.",
)
PERIOD_EMPTY: Final = Sentence(
    "period-empty",
    "截止时间须晚于 {latest}，请改后提交。",
    "Choose an end later than {latest}.",
)
NOTHING_CHANGED: Final = Sentence(
    "nothing-changed",
    "与现行协议相同，请至少修改期限（to_day）、产出（outputs）或负责人（lead_worker_id）之一。",
    "This is what is in force already; change to_day, outputs or lead_worker_id.",
)
KIND_CHANGED: Final = Sentence(
    "kind-changed",
    "已有产出的类别不得更改，请改回 {kind}。",
    "The kind of an agreed output stays; put {kind} back.",
)
LEFT_OUT: Final = Sentence(
    "left-out",
    "缺少现行协议的产出 {output}，请补上；不再需要的只能减少数量。",
    "The agreed output {output} is missing; put it back, with a smaller quantity if need be.",
)
NAMED_TWICE: Final = Sentence(
    "named-twice",
    "产出 {output} 出现两次，请只保留一项。",
    "The output {output} stands here twice; leave one of them out.",
)
DAY_OUTSIDE_STATEMENT: Final = Sentence(
    "day-outside-statement",
    "该笔付款日期不在对账单期间内，请填写 {first} 至 {last} 之间的日期。",
    "This transfer is not of the statement's days; choose a day from {first} to {last}.",
)
APART_FROM_THE_BOOKS: Final = Sentence(
    "apart-from-the-books",
    "对账单期间须包含本系统最近一笔付款之日 {day}，请改正。",
    "Choose days with {day} among them, the day of the last transfer that is recorded here.",
)
DEDUCTION_TWICE: Final = Sentence(
    "deduction-twice",
    "扣款表中每种违约情形须有各自的代码，请改正重复的。",
    "Give each breach of the table of deductions a code of its own.",
)
OUTSIDE_TERM: Final = Sentence(
    "outside-term",
    "请填写 {first} 至 {last} 之间的日期。",
    "Choose a day from {first} to {last}.",
)
NOT_IN_TABLE: Final = Sentence(
    "not-in-table",
    "请从协议扣款表的代码中选择：{codes}。",
    "Choose one of the codes of the agreement's table of deductions: {codes}.",
)
