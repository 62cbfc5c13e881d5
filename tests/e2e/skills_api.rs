//! Skills by the admin API: drafts of two editors, lint, differences, trying, publishing, restoring, in and out as files.

use paigong_core::Role;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::console::Console;
use crate::harness::{Server, Tenant};

fn base(tenant: &Tenant) -> String {
    format!("/tenants/{}/apps/{}/skills", tenant.caller.tenant, tenant.caller.app)
}

#[tokio::test]
async fn a_change_goes_from_draft_to_live_and_back() {
    let server = Server::start().await;
    let tenant = server.tenant("skills").await;
    let editor = Console::member(&server, &tenant, "editor@example.com", Role::Editor).await;
    let path = format!("{}/leave.request", base(&tenant));
    let (_, list) = editor.send(Method::GET, &base(&tenant), None).await;
    let row = list["data"].as_array().unwrap().iter().find(|row| row["skill"] == "leave.request").unwrap();
    assert_eq!((&row["live_version"], &row["state"], &row["pack"]), (&json!(1), &json!("none"), &json!("hr")));
    let (_, skill) = editor.send(Method::GET, &path, None).await;
    let text = skill["live"]["text"].as_str().unwrap();

    // What is live, as a draft, is no difference and has no errors.
    let draft = format!("{path}/draft");
    let (status, stored) = editor.send(Method::PUT, &draft, Some(&json!({"text": text}))).await;
    assert_eq!((status, &stored["revision"], &stored["based_on"]), (StatusCode::OK, &json!(1), &json!(1)), "{stored}");
    let (_, diff) = editor.send(Method::GET, &format!("{draft}/diff"), None).await;
    assert_eq!(
        (&diff["differences"], &diff["readable"], &diff["is_behind"]),
        (&json!([]), &json!(true), &json!(false))
    );
    let (_, lint) = editor.send(Method::POST, &format!("{draft}/lint"), None).await;
    assert_eq!(lint["publishable"], true, "{lint}");

    // An example that is another skill's and a text that changes.
    let mut manifest = skill["live"]["manifest"].clone();
    manifest["title"]["zh"] = "休假申请".into();
    manifest["examples"].as_array_mut().unwrap().push("我还有多少天年假可以休呀".into());
    let changed = manifest.to_string();
    let (status, stored) =
        editor.with("If-Match", "\"1\"").send(Method::PUT, &draft, Some(&json!({"text": changed}))).await;
    assert_eq!((status, &stored["revision"]), (StatusCode::OK, &json!(2)));
    let (_, diff) = editor.send(Method::GET, &format!("{draft}/diff"), None).await;
    let words: Vec<_> = diff["differences"].as_array().unwrap().iter().map(|one| one["zh"].as_str().unwrap()).collect();
    assert!(words.iter().any(|words| words.starts_with("名称（中文）由")), "{words:?}");
    assert!(words.contains(&"示例（中文）新增：“我还有多少天年假可以休呀”"), "{words:?}");
    let (_, lint) = editor.send(Method::POST, &format!("{draft}/lint"), None).await;
    let stray = &lint["strays"].as_array().unwrap().iter().find(|stray| stray["example"] == "我还有多少天年假可以休呀");
    assert_eq!(stray.expect("a stray")["skill"], "leave.balance", "{lint}");

    // What is wrong in a text that can be read is told at its line, in the reader's language.
    let marked = text.replacen("examples:\n", "examples:\n- 请[三天](daze)假\n", 1);
    assert_ne!(marked, text);
    let put = editor.with("If-Match", "\"2\"").send(Method::PUT, &draft, Some(&json!({"text": marked}))).await;
    assert_eq!(put.0, StatusCode::OK, "{}", put.1);
    let line = marked.lines().position(|line| line.contains("daze")).unwrap() + 1;
    for (language, words) in [("zh", "标注了"), ("en", "marks")] {
        let (_, lint) = editor.speaking(language).send(Method::POST, &format!("{draft}/lint"), None).await;
        let finding = lint["findings"].as_array().unwrap().iter().find(|one| one["code"] == "mark_of_no_slot");
        let finding = finding.expect("a finding");
        assert!(finding["message"].as_str().unwrap().contains(words), "{finding}");
        assert_eq!((&finding["line"], &finding["place"]), (&json!(line), &json!("examples")), "{finding}");
    }
    let put = editor.with("If-Match", "\"3\"").send(Method::PUT, &draft, Some(&json!({"text": changed}))).await;
    assert_eq!(put.0, StatusCode::OK, "{}", put.1);

    // Tried: the whole decision and the row that would be written, of which nothing stays.
    let rows = "SELECT count(*) FROM hr.leave_request WHERE employee_no = 'E1001' AND starts_on = '2026-12-02'";
    let form = json!({"inputs": {"kind": "annual", "from": "2026-12-02", "to": "2026-12-04"}});
    let said = json!({"user": "E1001", "messages": ["请假", form, {"payload": "{\"cancel\":{}}"}]});
    let (status, tried) = editor.send(Method::POST, &format!("{draft}/try"), Some(&said)).await;
    assert_eq!(status, StatusCode::OK, "{tried}");
    let actions: Vec<_> =
        tried["answers"].as_array().unwrap().iter().map(|one| &one["dialog_action"]["type"]).collect();
    assert_eq!(actions, ["ElicitSlot", "ConfirmSkill", "Close"], "{tried}");
    let said = json!({"user": "E1001", "messages": ["下周三到周五请年假", "嗯"]});
    let (status, tried) = editor.send(Method::POST, &format!("{draft}/try"), Some(&said)).await;
    assert_eq!(status, StatusCode::OK, "{tried}");
    assert_eq!(tried["answers"][0]["dialog_action"]["type"], "ConfirmSkill", "{tried}");
    assert_eq!(tried["answers"][0]["decision"]["candidates"][0]["skill"], "leave.request");
    assert!(tried["answers"][0]["decision"]["nearest"].is_object());
    assert_eq!(tried["answers"][1]["execution"]["status"], "succeeded", "{tried}");
    assert_eq!(server.value(&tenant, "hr", rows).await, json!(0));

    let publish = format!("{draft}/publish");
    let (status, _) = editor.with("If-Match", "\"4\"").send(Method::POST, &publish, Some(&json!({"note": " "}))).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "a note is needed");
    let (status, done) =
        editor.with("If-Match", "\"4\"").send(Method::POST, &publish, Some(&json!({"note": "新名称"}))).await;
    assert_eq!((status, &done["version"], &done["is_new"]), (StatusCode::OK, &json!(2), &json!(true)), "{done}");
    let (_, skill) = editor.send(Method::GET, &path, None).await;
    assert_eq!((&skill["draft"], &skill["live"]["version"]), (&Value::Null, &json!(2)));
    assert_eq!(skill["versions"][0]["note"], "新名称");
    assert!(skill["versions"][0]["author"].as_str().unwrap().starts_with("person:"));

    let restore = json!({"version": 1, "note": "又改回来"});
    let (status, done) = editor.send(Method::POST, &format!("{path}/restore"), Some(&restore)).await;
    assert_eq!((status, &done["version"]), (StatusCode::OK, &json!(1)));
    let none = json!({"version": 9, "note": "x"});
    assert_eq!(editor.send(Method::POST, &format!("{path}/restore"), Some(&none)).await.0, StatusCode::NOT_FOUND);
    assert_eq!(editor.send(Method::POST, &format!("{path}/withdraw"), None).await.0, StatusCode::NO_CONTENT);
    assert_eq!(editor.send(Method::POST, &format!("{path}/withdraw"), None).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn two_editors_lose_nothing_and_what_is_wrong_is_stored_but_not_published() {
    let server = Server::start().await;
    let tenant = server.tenant("editors").await;
    let one = Console::member(&server, &tenant, "one@example.com", Role::Editor).await;
    let two = Console::member(&server, &tenant, "two@example.com", Role::Editor).await;
    let draft = format!("{}/leave.balance/draft", base(&tenant));
    let put = async |who: &Console<'_>, text: &str| who.send(Method::PUT, &draft, Some(&json!({"text": text}))).await;
    assert_eq!(put(&one, "一").await.0, StatusCode::OK);
    let (status, stale) = put(&two, "二").await;
    assert_eq!((status, &stale["code"]), (StatusCode::PRECONDITION_FAILED, &json!("stale")));
    assert_eq!(stale["current"]["text"], "一");
    assert_eq!(put(&two.with("If-Match", "\"1\""), "一二").await.0, StatusCode::OK);
    let (status, stale) = put(&one.with("If-Match", "\"1\""), "一一").await;
    assert_eq!((status, &stale["current"]["text"]), (StatusCode::PRECONDITION_FAILED, &json!("一二")));
    let discarded = one.with("If-Match", "\"1\"").send(Method::DELETE, &draft, None).await;
    assert_eq!(discarded.0, StatusCode::PRECONDITION_FAILED);

    let broken = "skill: leave.balance\ntitle: {zh: 余额}\n";
    assert_eq!(put(&one.with("If-Match", "\"2\""), broken).await.0, StatusCode::OK, "as typed, even if it is wrong");
    let (_, lint) = one.send(Method::POST, &format!("{draft}/lint"), None).await;
    assert_eq!((&lint["publishable"], &lint["findings"][0]["severity"]), (&json!(false), &json!("error")));
    assert!(lint["findings"][0]["line"].as_u64().is_some(), "{lint}");
    let (publish, note) = (format!("{draft}/publish"), json!({"note": "x"}));
    let (status, problem) = one.with("If-Match", "\"3\"").send(Method::POST, &publish, Some(&note)).await;
    assert_eq!((status, &problem["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("lint_errors")));
    let tried = json!({"user": "u", "messages": ["你好"]});
    let (status, _) = one.send(Method::POST, &format!("{draft}/try"), Some(&tried)).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let (_, diff) = one.send(Method::GET, &format!("{draft}/diff"), None).await;
    assert_eq!(diff["readable"], false);
    assert_eq!(one.with("If-Match", "\"3\"").send(Method::DELETE, &draft, None).await.0, StatusCode::NO_CONTENT);

    // A new skill needs a pack of the app's.
    let fresh = format!("{}/leave.new/draft", base(&tenant));
    let (status, problem) = one.send(Method::PUT, &fresh, Some(&json!({"text": "x", "pack": "public"}))).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(problem["detail"].as_str().unwrap().contains("hr"), "{problem}");
    assert_eq!(one.send(Method::PUT, &fresh, Some(&json!({"text": "x", "pack": "hr"}))).await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_pack_goes_out_as_files_and_comes_in_as_drafts_of_the_same() {
    let server = Server::start().await;
    let tenant = server.tenant("files").await;
    let editor = Console::member(&server, &tenant, "editor@example.com", Role::Editor).await;
    let (status, export) = editor.send(Method::GET, &format!("{}/export?pack=hr", base(&tenant)), None).await;
    assert_eq!(status, StatusCode::OK, "{export}");
    let files = export["files"].as_object().unwrap();
    assert!(files.contains_key("leave.request.skill.yaml"));
    let import = format!("{}/import", base(&tenant));
    let (status, imported) = editor.send(Method::POST, &import, Some(&export)).await;
    assert_eq!(status, StatusCode::OK, "{imported}");
    assert_eq!(imported["drafts"].as_array().unwrap().len(), files.len());
    for skill in imported["drafts"].as_array().unwrap() {
        let diff = format!("{}/{}/draft/diff", base(&tenant), skill.as_str().unwrap());
        let (_, diff) = editor.send(Method::GET, &diff, None).await;
        assert_eq!((&diff["readable"], &diff["differences"]), (&json!(true), &json!([])), "{skill}: {diff}");
    }
    let (_, again) = editor.send(Method::POST, &import, Some(&export)).await;
    assert_eq!((&again["drafts"], again["skipped"].as_array().unwrap().len()), (&json!([]), files.len()));
    let wrong = json!({"pack": "hr", "files": {"a.skill.yaml": "skill: ["}});
    assert_eq!(editor.send(Method::POST, &import, Some(&wrong)).await.0, StatusCode::BAD_REQUEST);
    let foreign = json!({"pack": "paigong", "files": {"a.skill.yaml": "x"}});
    assert_eq!(editor.send(Method::POST, &import, Some(&foreign)).await.0, StatusCode::BAD_REQUEST);
}
