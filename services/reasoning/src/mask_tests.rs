use proptest::prelude::*;

use super::*;

fn masked(text: &str) -> String {
    Mask::new(&["王小明".to_owned(), "小明".to_owned(), "Jane Doe".to_owned()]).hide(text)
}

#[test]
fn personal_data_is_masked_in_both_languages() {
    for (text, expected) in [
        ("我的手机是13812345678，谢谢", "我的手机是⟦PHONE_1⟧，谢谢"),
        ("call +86 138 1234 5678 or 13912345678", "call ⟦PHONE_1⟧ or ⟦PHONE_2⟧"),
        ("13812345678 13912345678", "⟦PHONE_1⟧ ⟦PHONE_2⟧"),
        ("３号找１３８１２３４５６７８", "３号找⟦PHONE_1⟧"),
        ("座机010-88886666转3", "座机⟦PHONE_1⟧转3"),
        ("+44 20 7946 0958", "⟦PHONE_1⟧"),
        ("(415) 555-2671", "(⟦PHONE_1⟧"),
        ("身份证11010119900307123X", "身份证⟦ID_1⟧"),
        ("110101 19900307 1234", "⟦ID_1⟧"),
        ("卡号 6222 0212 3456 7890 128", "卡号 ⟦CARD_1⟧"),
        ("4111-1111-1111-1111", "⟦CARD_1⟧"),
        ("写到zhang.san+hr@example.com.cn吧", "写到⟦EMAIL_1⟧吧"),
        ("服务器10.0.0.12和fe80::1", "服务器⟦IP_1⟧和⟦IP_2⟧"),
        ("找13812345678 10.0.0.1", "找⟦PHONE_1⟧ ⟦IP_1⟧"),
        ("多了一位913812345678", "多了一位⟦ID_1⟧"),
        ("帮王小明和jane doe订会议室", "帮⟦NAME_1⟧和⟦NAME_2⟧订会议室"),
        ("2026-12-02到2026-12-04，共3天，报销1200.50元", "2026-12-02到2026-12-04，共3天，报销1200.50元"),
        ("09:00:00 to 17:30", "09:00:00 to 17:30"),
    ] {
        assert_eq!(masked(text), expected, "{text}");
    }
}

#[test]
fn what_comes_back_is_restored_whatever_the_brackets() {
    let mut mask = Mask::new(&[]);
    assert_eq!(mask.hide("13812345678 / 13812345678 / a@b.cn"), "⟦PHONE_1⟧ / ⟦PHONE_1⟧ / ⟦EMAIL_1⟧");
    for text in ["⟦PHONE_1⟧", "[PHONE_1]", "【phone 1】", "[[Phone_1]]", "<PHONE-1>", "PHONE_1", "⟦ phone_01 ⟧"]
    {
        assert_eq!(mask.restore(&format!("打{text}吧")).as_deref(), Ok("打13812345678吧"), "{text}");
    }
    assert_eq!(mask.restore("{[⟦PHONE_1⟧]}").as_deref(), Ok("{[13812345678]}"), "brackets of the text's own stay");
    assert_eq!(mask.restore("⟦PHONE_2⟧"), Err(Unissued));
    assert_eq!(mask.restore("⟦NAME_1⟧"), Err(Unissued));
    assert_eq!(mask.restore("grade 1 (ID 5)").as_deref(), Ok("grade 1 (ID 5)"));
    let value = serde_json::json!({"to": ["[EMAIL_1]"], "n": 1});
    assert_eq!(mask.restore_value(&value), Ok(serde_json::json!({"to": ["a@b.cn"], "n": 1})));
}

proptest! {
    #[test]
    fn nothing_personal_stays_and_everything_comes_back(
        words in prop::collection::vec("[ a-z请给发到，。!0-9-]{0,12}", 4),
        phone in "1[3-9][0-9]{9}", local in "[a-z]{3,10}", person in "[\u{4e00}-\u{9fa5}]{2,4}",
    ) {
        let email = format!("{local}@example.com");
        let text = format!("{}、{phone}、{}、{email}、{}，{person}，{}", words[0], words[1], words[2], words[3]);
        let mut mask = Mask::new(std::slice::from_ref(&person));
        let hidden = mask.hide(&text);
        for secret in [&phone, &email, &person] {
            prop_assert!(!hidden.contains(secret.as_str()), "{secret} in {hidden}");
        }
        prop_assert_eq!(mask.restore(&hidden).expect("only what was given out"), text);
    }

    #[test]
    fn any_text_can_be_masked_and_restored(text in "\\PC{0,80}") {
        let mut mask = Mask::new(&[]);
        let hidden = mask.hide(&text);
        if NAMED.find(&text).is_none() {
            prop_assert_eq!(mask.restore(&hidden).expect("only what was given out"), text);
        }
    }
}
