//! The database server itself is stopped in the middle of everything (`pg_ctl stop -m immediate`: no checkpoint, no farewell).

use std::path::PathBuf;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use secrecy::SecretString;
use store::{Options, Store};

use super::bank::Bank;
use super::processes::{check, moody, requests, write_all};
use super::scene::Scene;
use crate::harness::root;

/// A cluster of its own that keeps what it has acknowledged; removed when dropped.
struct Cluster {
    name: String,
}

impl Cluster {
    fn new() -> Self {
        Self { name: format!("bench-outage-{}", std::process::id()) }
    }

    fn script(&self, verb: &str) -> String {
        let out = Command::new(root().join("scripts/postgres")).args([verb, &self.name]).output().unwrap();
        assert!(out.status.success(), "{verb}: {}", String::from_utf8_lossy(&out.stderr));
        String::from_utf8(out.stdout).unwrap().trim().to_owned()
    }

    /// What `pg_ctl stop -m immediate` sends.
    fn stop_immediately(&self) {
        let home = std::fs::read_to_string(root().join(".local/postgres").join(&self.name).join("home")).unwrap();
        let file = PathBuf::from(home.trim()).join("data/postmaster.pid");
        let pid = std::fs::read_to_string(&file).unwrap().lines().next().unwrap().to_owned();
        assert!(Command::new("kill").args(["-QUIT", &pid]).status().unwrap().success());
        for _ in 0..1000 {
            if !file.exists() {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the server does not stop");
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        let _ = Command::new(root().join("scripts/postgres")).args(["remove", &self.name]).output();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn when_the_database_is_stopped_at_once_everything_accepted_is_still_done_once() {
    let cluster = Cluster::new();
    let url = cluster.script("start");
    let store = Store::connect(Options::new(SecretString::from(url.clone()))).await.unwrap();
    store.migrate().await.unwrap();
    store.close().await;
    let scene = Arc::new(Scene::on(url, Bank::new(moody).await).await);
    let (_server, first) = scene.serve(&[]);
    let _worker = scene.worker(&[]);
    let address = Arc::new(Mutex::new(first));
    let count = requests(200);
    let writing = {
        let (scene, address) = (scene.clone(), address.clone());
        tokio::spawn(async move { write_all(&scene, &address, count).await })
    };
    for _ in 0..2 {
        tokio::time::sleep(Duration::from_millis(700)).await;
        tokio::task::block_in_place(|| {
            cluster.stop_immediately();
            cluster.script("start");
        });
    }
    assert_eq!(writing.await.unwrap().len(), count);
    check(&scene, &address, count).await;
    scene.store.close().await;
}
