//! Processes that are killed, stopped and resumed, ended in the middle of their work; a database that goes away.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};
use store::testing::Database;

use super::bank::{Bank, Mood};
use super::scene::{DEADLINE, LEASE, Process, Scene};

/// Writes in one test: few in the suite, thousands in `make chaos`.
pub(super) fn requests(usual: usize) -> usize {
    std::env::var("PAIGONG_TEST_CHAOS_REQUESTS").ok().and_then(|number| number.parse().ok()).unwrap_or(usual)
}

/// A bank that is as bad as banks are: every seventh request goes wrong in one of six ways.
pub(super) fn moody(path: &str, index: usize) -> Mood {
    let chance: usize = path.bytes().map(usize::from).sum::<usize>() + index * 5;
    match chance % 42 {
        0 => Mood::Breaks,
        7 => Mood::Late,
        14 => Mood::Babbles,
        21 => Mood::Refuses(500),
        28 => Mood::Refuses(429),
        35 => Mood::Refuses(503),
        _ => Mood::Fine,
    }
}

fn skill(index: usize) -> &'static str {
    match index % 10 {
        7 | 8 => "ledger.pay",
        9 => "ledger.charge",
        _ => "ledger.transfer",
    }
}

/// Four clients that share `count` writes; returns the last answers.
pub(super) async fn write_all(scene: &Scene, address: &Arc<Mutex<String>>, count: usize) -> Vec<(usize, Value)> {
    let next = Arc::new(AtomicUsize::new(0));
    let clients = (0..4).map(|_| {
        let (client, next) = (scene.client(address), next.clone());
        tokio::spawn(async move {
            let mut answers = Vec::new();
            loop {
                let index = next.fetch_add(1, Ordering::SeqCst);
                if index >= count {
                    return answers;
                }
                answers.push((index, client.write(skill(index), &format!("R-p{index}")).await));
            }
        })
    });
    let mut answers = Vec::new();
    for client in clients.collect::<Vec<_>>() {
        answers.extend(client.await.unwrap());
    }
    answers
}

/// Every accepted request has one effect, every outcome is known, or listed as unknown.
pub(super) async fn check(scene: &Scene, address: &Arc<Mutex<String>>, count: usize) {
    scene.settled().await;
    scene.holds((0..count).filter(|index| skill(*index) == "ledger.transfer").count()).await;
    let client = scene.client(address);
    let mut runs: Vec<Value> = Vec::new();
    loop {
        let last = runs.last().map(|run| format!("&last_id={}", run["id"].as_str().unwrap())).unwrap_or_default();
        let page = client.get(&format!("/v1/runs?limit=100{last}")).await;
        runs.extend(page["data"].as_array().unwrap().iter().cloned());
        if page["has_more"] == false {
            break;
        }
    }
    for index in 0..count {
        let reference = format!("R-p{index}");
        let of_it: Vec<_> = runs.iter().filter(|run| run["slots"]["reference"] == reference.as_str()).collect();
        assert_eq!(of_it.len(), 1, "one run for {reference}: {of_it:?}");
        let status = of_it[0]["status"].as_str().unwrap();
        match skill(index) {
            "ledger.pay" => {
                let done = scene.bank.done(&format!("/pay/{reference}"));
                assert_eq!((status, done), ("succeeded", 1), "{reference}: {}", of_it[0]);
            }
            "ledger.charge" => {
                let done = scene.bank.done(&format!("/charge/{reference}"));
                let fits = match status {
                    "succeeded" => done == 1,
                    "unknown" => done <= 1,
                    // Nothing was done, and that is known.
                    _ => done == 0,
                };
                assert!(fits, "{reference} is {status}, and the bank did it {done} times");
            }
            _ => assert_eq!(status, "succeeded", "{reference}"),
        }
    }
}

/// A number that differs from call to call, for moments that nobody chose.
fn any(below: u64) -> u64 {
    let nanos = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().subsec_nanos();
    u64::from(nanos / 1000) % below
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_nothing_is_lost_and_nothing_done_twice() {
    let database = Database::new().await;
    let scene = Arc::new(Scene::on(database.url(), Bank::new(moody).await).await);
    let (server, first) = scene.serve(&[]);
    let address = Arc::new(Mutex::new(first));
    let over = Arc::new(AtomicBool::new(false));
    let killer = {
        let (scene, address, over) = (scene.clone(), address.clone(), over.clone());
        tokio::spawn(async move {
            let (mut server, mut worker, mut kills) = (server, scene.worker(&[]), 0);
            while !over.load(Ordering::SeqCst) {
                tokio::time::sleep(Duration::from_millis(500 + any(1500))).await;
                match kills % 3 {
                    0 => {
                        server.0.kill().unwrap();
                        server.0.wait().unwrap();
                        let again;
                        (server, again) = scene.serve(&[]);
                        *address.lock().unwrap() = again;
                    }
                    1 => worker = scene.worker(&[]),
                    _ => {
                        let sql = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
                        scene.number(sql).await;
                    }
                }
                kills += 1;
            }
            (server, worker, kills)
        })
    };
    let count = requests(200);
    let answers = write_all(&scene, &address, count).await;
    over.store(true, Ordering::SeqCst);
    let (_server, _worker, kills) = killer.await.unwrap();
    assert_eq!(answers.len(), count);
    assert!(kills >= 3, "only {kills} times anything was killed");
    check(&scene, &address, count).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_was_stopped_past_its_lease_finds_that_another_went_on() {
    let database = Database::new().await;
    let bank = Bank::new(|_, index| if index == 0 { Mood::Late } else { Mood::Fine }).await;
    let scene = Scene::on(database.url(), bank).await;
    let (_server, address) = scene.serve(&[("PAIGONG_WORKER_CONCURRENCY", "0"), ("PAIGONG_RUN_WAIT_MS", "200")]);
    let client = scene.client(&Arc::new(Mutex::new(address)));
    let zombie = scene.worker(&[]);
    let answer = client.write("ledger.pay", "R-z1").await;
    assert_eq!(answer["execution"]["status"], "running", "{answer}");
    let begun = Instant::now();
    while scene.bank.asked("/pay/R-z1") == 0 {
        assert!(begun.elapsed() < DEADLINE, "the worker never called");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    zombie.signal("STOP");
    let stopped = Instant::now();
    let _other = scene.worker(&[]);
    scene.settled().await;
    assert!(stopped.elapsed() + Duration::from_millis(500) > LEASE, "the lease was waited for");
    zombie.signal("CONT");
    // What the zombie has to say comes too late; a further run shows that it is awake and at work or idle.
    client.write("ledger.pay", "R-z2").await;
    scene.settled().await;
    scene.holds(0).await;
    assert_eq!((scene.bank.done("/pay/R-z1"), scene.bank.asked("/pay/R-z1")), (1, 2));
    let ended = "SELECT count(*) FROM paigong.run_attempt WHERE outcome = 'succeeded'";
    assert_eq!(scene.number(ended).await, 2, "one end for each run");
    let messages = format!("/v1/conversations/{}/messages?user=u-R-z1", answer["conversation_id"].as_str().unwrap());
    let begun = Instant::now();
    loop {
        let page = client.get(&messages).await;
        let last = page["data"].as_array().and_then(|all| all.last()).cloned().unwrap_or_default();
        if last["query"] == "" && last["response"]["execution"]["status"] == "succeeded" && last["number"] == 3 {
            break;
        }
        assert!(begun.elapsed() < DEADLINE, "the conversation is told how it ended: {page}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_asked_to_stop_answers_what_it_has_taken() {
    let database = Database::new().await;
    let scene = Arc::new(Scene::on(database.url(), Bank::new(|_, _| Mood::Fine).await).await);
    let (mut server, first) = scene.serve(&[]);
    let client = scene.client(&Arc::new(Mutex::new(first)));
    let answered = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..4)
        .map(|number| {
            let (client, answered) = (client.clone(), answered.clone());
            tokio::spawn(async move {
                let address = client.address.lock().unwrap().clone();
                // Until nobody listens any more. A request that was in the kernel's hands by then ends in a reset.
                for _ in 0.. {
                    let body = json!({"user": format!("u{number}"), "query": "在账户之间转账"});
                    let request = client.http.post(format!("http://{address}/v1/chat-messages"));
                    let Ok(response) = request.bearer_auth(&client.key).json(&body).send().await else { return };
                    assert_eq!(response.status(), StatusCode::OK);
                    answered.fetch_add(1, Ordering::SeqCst);
                }
            })
        })
        .collect();
    let begun = Instant::now();
    while answered.load(Ordering::SeqCst) < 40 {
        assert!(begun.elapsed() < DEADLINE, "no load");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let asked = Instant::now();
    server.signal("TERM");
    let status = tokio::task::spawn_blocking(move || (server.0.wait().unwrap(), server)).await.unwrap().0;
    assert!(status.success(), "{status}");
    assert!(asked.elapsed() < Duration::from_secs(20), "drained in time: {:?}", asked.elapsed());
    for client in clients {
        client.await.unwrap();
    }
    let taken = scene.number("SELECT count(*) FROM paigong.turn").await;
    assert_eq!(i64::try_from(answered.load(Ordering::SeqCst)).unwrap(), taken, "each turn that was taken was answered");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_and_two_workers_share_the_work_and_keep_conversations_in_order() {
    let database = Database::new().await;
    let scene = Arc::new(Scene::on(database.url(), Bank::new(|_, _| Mood::Fine).await).await);
    let none = [("PAIGONG_WORKER_CONCURRENCY", "0")];
    let servers: Vec<(Process, String)> = (0..2).map(|_| scene.serve(&none)).collect();
    let _workers: Vec<_> = (0..2).map(|_| scene.worker(&[("PAIGONG_WORKER_CONCURRENCY", "1")])).collect();
    let clients: Vec<_> = servers.iter().map(|(_, at)| scene.client(&Arc::new(Mutex::new(at.clone())))).collect();

    // Both servers at once in one conversation: a turn is taken, or refused with 409, never lost or mixed.
    let first = clients[0].say("c-0", &json!({"user": "u", "query": "在账户之间转账"})).await;
    let conversation = &first["conversation_id"];
    let mut taken = 1;
    for round in 0..10 {
        let body = json!({"user": "u", "query": format!("R-c{round}"), "conversation_id": conversation});
        let both = tokio::join!(
            clients[0].post("/v1/chat-messages", None, &body),
            clients[1].post("/v1/chat-messages", None, &body)
        );
        for (status, answer) in [both.0.unwrap(), both.1.unwrap()] {
            assert!(status == StatusCode::OK || status == StatusCode::CONFLICT, "{status} {answer}");
            taken += i64::from(status == StatusCode::OK);
        }
    }
    assert_eq!(scene.number("SELECT count(*) FROM paigong.turn").await, taken);
    assert_eq!(scene.number("SELECT max(seq)::bigint FROM paigong.turn").await, taken);

    let pays = (0..20).map(|index| {
        let client = clients[index % 2].clone();
        tokio::spawn(async move { client.write("ledger.pay", &format!("R-s{index}")).await })
    });
    for pay in pays.collect::<Vec<_>>() {
        pay.await.unwrap();
    }
    scene.settled().await;
    scene.holds(0).await;
    assert_eq!(
        scene.number("SELECT count(DISTINCT worker) FROM paigong.run_attempt").await,
        2,
        "both had a part in it"
    );
    assert!((0..20).all(|index| scene.bank.done(&format!("/pay/R-s{index}")) == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_fails_for_good_takes_back_what_was_done_and_a_person_settles_what_is_unknown() {
    let database = Database::new().await;
    let bank = Bank::new(|path, _| if path.starts_with("/charge/") { Mood::Breaks } else { Mood::Refuses(422) }).await;
    let scene = Scene::on(database.url(), bank).await;
    let (_server, address) = scene.serve(&[]);
    let client = scene.client(&Arc::new(Mutex::new(address)));
    let answer = client.write("ledger.both", "R-b1").await;
    assert_eq!(answer["execution"]["error"], "step", "{answer}");
    assert!(answer["answer"].as_str().unwrap().contains("撤回"), "{answer}");
    scene.holds(0).await;

    let answer = client.write("ledger.charge", "R-u1").await;
    assert_eq!(answer["execution"]["status"], "unknown", "{answer}");
    assert!(answer["answer"].as_str().unwrap().contains("不要重复提交"), "{answer}");
    let run = answer["execution"]["id"].as_str().unwrap();
    let verdict = json!({"verdict": "done", "result": {"reference": "R-u1"}, "note": "asked the bank", "by": "王芳"});
    let (status, resolved) = client.post(&format!("/v1/runs/{run}/resolve"), None, &verdict).await.unwrap();
    assert_eq!((status, &resolved["status"]), (StatusCode::OK, &json!("succeeded")), "{resolved}");
    let (status, _) = client.post(&format!("/v1/runs/{run}/resolve"), None, &verdict).await.unwrap();
    assert_eq!(status, StatusCode::CONFLICT);
    // The next message is answered with the news first.
    let body = json!({"user": "u-R-u1", "query": "谢谢", "conversation_id": answer["conversation_id"]});
    let next = client.say("R-u1-3", &body).await;
    let told = scene.number("SELECT count(*) FROM paigong.turn WHERE answer LIKE '%R-u1 办好了%'").await;
    assert_eq!(told, 1, "the conversation is told once, by whoever comes first: {next}");
    assert_eq!(scene.bank.asked("/charge/R-u1"), 1);
}
