-- Until when a report that came back is to be corrected, and how the reasons read. A text changes no
-- decision, so every version of the policy gets those of the codes that the first one brought.
ALTER TABLE activities ADD COLUMN correction_due_day date;

UPDATE policies
   SET rules = rules || '{
    "return_texts": [
        {"code": "photos-unclear", "zh": "照片不清晰", "en": "the photos are unclear"},
        {"code": "sheet-incomplete", "zh": "签到表不完整", "en": "the sign-in sheet is incomplete"},
        {"code": "persons-differ", "zh": "人数与签到表不符",
         "en": "the number of persons differs from the sign-in sheet"},
        {"code": "effect-missing", "zh": "未写明活动成效", "en": "the effect is not described"},
        {"code": "wrong-output", "zh": "产出类别有误", "en": "it counts towards the wrong output"},
        {"code": "text-too-thin", "zh": "文字过于简略", "en": "the text is too thin"}
    ]}'::jsonb;
