//! Temporary laboratory.
use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};
use std::{collections::*, path::Path, sync::Arc, time::Instant};
use understanding::{
    classifier::*,
    encoder::{self, Encoder},
};
type Rows = Vec<(String, String)>;
fn read(p: &str) -> Rows {
    let mut r = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_path(p).unwrap();
    r.records()
        .map(|r| r.unwrap())
        .map(|r| (r[0].to_string(), r.get(1).unwrap_or("").to_string()))
        .filter(|r| r.0 != "text")
        .collect()
}
struct Cache {
    map: HashMap<String, Arc<[f32]>>,
    enc: Encoder,
}
impl Cache {
    fn get(&mut self, t: &[String]) -> Vec<Arc<[f32]>> {
        let miss: Vec<String> =
            t.iter().filter(|t| !self.map.contains_key(*t)).cloned().collect::<HashSet<_>>().into_iter().collect();
        for (t, e) in miss.iter().zip(self.enc.embed_many_blocking(&miss).unwrap()) {
            self.map.insert(t.clone(), e.vector);
        }
        t.iter().map(|t| self.map[t].clone()).collect()
    }
    fn load(enc: Encoder, p: &Path) -> Self {
        let mut map = HashMap::new();
        if let Ok(b) = std::fs::read(p) {
            let mut i = 0;
            while i < b.len() {
                let n = u32::from_le_bytes(b[i..i + 4].try_into().unwrap()) as usize;
                i += 4;
                let t = String::from_utf8(b[i..i + n].to_vec()).unwrap();
                i += n;
                let v: Vec<f32> = b[i..i + 1536].chunks(4).map(|c| f32::from_le_bytes(c.try_into().unwrap())).collect();
                i += 1536;
                map.insert(t, v.into());
            }
        }
        Self { map, enc }
    }
    fn save(&self, p: &Path) {
        let mut b = vec![];
        for (t, v) in &self.map {
            b.extend((t.len() as u32).to_le_bytes());
            b.extend(t.as_bytes());
            for x in v.iter() {
                b.extend(x.to_le_bytes());
            }
        }
        std::fs::write(p, b).unwrap();
    }
}
fn shots(rows: &Rows, keep: &HashSet<String>, n: usize, rng: &mut StdRng) -> Rows {
    let mut m: BTreeMap<&str, Vec<&(String, String)>> = BTreeMap::new();
    for r in rows {
        if keep.contains(&r.1) {
            m.entry(&r.1).or_default().push(r);
        }
    }
    m.into_values()
        .flat_map(|mut v| {
            v.shuffle(rng);
            v.truncate(n);
            v.into_iter().cloned().collect::<Vec<_>>()
        })
        .collect()
}
fn opts() -> Options {
    let mut o = Options::default();
    if let Ok(d) = std::env::var("DEC") {
        o.decrease = d.parse().unwrap();
    }
    if let Ok(d) = std::env::var("PEN") {
        o.penalty = d.parse().unwrap();
    }
    o
}
fn main() {
    let mut o = encoder::Options::new("models/paigong-mini-bilingual", std::env::var("PAIGONG_ONNXRUNTIME").unwrap());
    o.threads = 2;
    let p = Path::new("/tmp/und/lab.cache");
    let mut c = Cache::load(Encoder::start(o).unwrap(), p);
    let d = "/work/shared/data/intents";
    let f = |n: &str| read(&format!("{d}/{n}.csv"));
    let (cv, co) = (f("clinc150/valid"), [f("clinc150/oos_valid"), f("clinc150/oos_train")].concat());
    let mut sc: Vec<(String, Rows, Rows, Rows)> = vec![];
    for n in ["train", "train_10", "train_5"] {
        sc.push((format!("clinc_{n}"), f(&format!("clinc150/{n}")), cv.clone(), co.clone()));
    }
    let mut rng = StdRng::seed_from_u64(7);
    for (name, tr, te, k, n, extra) in [
        ("clinc30x10", "clinc150/train", "clinc150/valid", 30, 10, true),
        ("clinc50x20", "clinc150/train", "clinc150/valid", 50, 20, true),
        ("bank50x10", "banking77/train", "banking77/valid", 50, 10, true),
        ("bank25x15", "banking77/train", "banking77/valid", 25, 15, false),
        ("mzh40x10", "massive-zh/train", "massive-zh/validation", 40, 10, false),
        ("mzh20x15", "massive-zh/train", "massive-zh/validation", 20, 15, true),
        ("men40x10", "massive-en/train", "massive-en/validation", 40, 10, false),
        ("men20x30", "massive-en/train", "massive-en/validation", 20, 30, false),
        ("mzh40x5", "massive-zh/train", "massive-zh/validation", 40, 5, false),
        ("clinc7x10", "clinc150/train", "clinc150/valid", 7, 10, true),
        ("clinc2x10", "clinc150/train", "clinc150/valid", 2, 10, true),
        ("clinc1x10", "clinc150/train", "clinc150/valid", 1, 10, true),
        ("clinc20x1", "clinc150/train", "clinc150/valid", 20, 1, true),
    ] {
        let tr = f(tr);
        let te = f(te);
        let mut cl: Vec<String> = tr.iter().map(|r| r.1.clone()).collect::<BTreeSet<_>>().into_iter().collect();
        cl.shuffle(&mut rng);
        let keep: HashSet<String> = cl.into_iter().take(k).collect();
        let (inn, mut out): (Rows, Rows) = te.into_iter().partition(|r| keep.contains(&r.1));
        out.shuffle(&mut rng);
        if extra {
            out.truncate(co.len());
            out.extend(co.clone());
            out.shuffle(&mut rng);
        }
        out.truncate(inn.len().max(100));
        sc.push((name.into(), shots(&tr, &keep, n, &mut rng), inn, out));
    }
    {
        // sgd
        let rows = read("/tmp/und/sgd.csv");
        let mut cl: Vec<String> =
            rows.iter().map(|r| r.1.clone()).filter(|c| c != "OOS").collect::<BTreeSet<_>>().into_iter().collect();
        cl.shuffle(&mut rng);
        for (nm, k) in [("sgd20", 20), ("sgd12", 12)] {
            let keep: HashSet<String> = cl.iter().take(k).cloned().collect();
            let (inn, mut out): (Rows, Rows) = rows.clone().into_iter().partition(|r| keep.contains(&r.1));
            out.shuffle(&mut rng);
            let tr = shots(&inn, &keep, 10, &mut rng);
            let ts: HashSet<&String> = tr.iter().map(|r| &r.0).collect();
            let te: Rows = inn.iter().filter(|r| !ts.contains(&r.0)).cloned().collect();
            out.truncate(te.len());
            sc.push((nm.into(), tr, te, out));
        }
    }
    let bgt: Vec<String> = background::texts().map(String::from).collect();
    let bgv = c.get(&bgt);
    let bg = Background::new(&bgv, 384).unwrap();
    let want: Vec<String> = std::env::args().skip(1).collect();
    let consts: Vec<f64> =
        std::env::var("CS").unwrap_or("0,15".into()).split(',').map(|x| x.parse().unwrap()).collect();
    for (name, tr, te, oo) in sc {
        if !want.is_empty() && !want.contains(&name) {
            continue;
        }
        let tv = c.get(&tr.iter().map(|r| r.0.clone()).collect::<Vec<_>>());
        let ev = c.get(&te.iter().map(|r| r.0.clone()).collect::<Vec<_>>());
        let ov = c.get(&oo.iter().map(|r| r.0.clone()).collect::<Vec<_>>());
        let ex: Vec<Example> = tr
            .iter()
            .zip(tv)
            .map(|(r, v)| Example {
                skill: r.1.as_str().into(),
                text: r.0.as_str().into(),
                vector: v,
                kind: Kind::Positive,
            })
            .collect();
        let t = Instant::now();
        let base = Model::fit(&ex, &bg, &opts(), None).unwrap();
        let fit = t.elapsed().as_secs_f64();
        if ex.len() > 1000 {
            // a skill added, a skill edited
            let last = ex.last().unwrap().skill.clone();
            let less: Vec<Example> = ex.iter().filter(|e| e.skill != last).cloned().collect();
            let later = Options::edit();
            let m = Model::fit(&less, &bg, &later, None).unwrap();
            for (what, exs, warm) in [
                ("cold without calibration", &ex, None),
                ("skill added", &ex, Some(&m)),
                ("skill removed", &less, Some(&base)),
            ] {
                let t = Instant::now();
                let w = Model::fit(exs, &bg, &later, warm).unwrap();
                println!("   {what}: {:.2}s it={}", t.elapsed().as_secs_f64(), w.iterations());
            }
        }
        let js = serde_json::to_value(base.parameters()).unwrap();
        let k = base.skills().count();
        println!(
            "== {name} n={} k={k} in={} oos={} fit={fit:.2}s it={} blend={} w={}",
            ex.len(),
            te.len(),
            oo.len(),
            base.iterations(),
            js["calibration"]["blend"],
            js["calibration"]["scope"]["weights"]
                .as_array()
                .unwrap()
                .iter()
                .map(|x| format!("{:.2}", x.as_f64().unwrap()))
                .collect::<Vec<_>>()
                .join(" ")
        );
        let vi: Vec<Verdict> = ev.iter().map(|v| base.classify(v, &|_| true)).collect();
        let vo: Vec<Verdict> = ov.iter().map(|v| base.classify(v, &|_| true)).collect();
        let right: Vec<bool> = vi.iter().zip(&te).map(|(v, r)| *v.candidates[0].skill == *r.1).collect();
        let (mut pos, mut auc) = (0.0, 0.0);
        for (v, r) in vi.iter().zip(&right) {
            if *r {
                pos += 1.0;
                auc += vo
                    .iter()
                    .map(|o| {
                        if o.in_scope < v.in_scope {
                            1.0
                        } else if o.in_scope == v.in_scope {
                            0.5
                        } else {
                            0.0
                        }
                    })
                    .sum::<f64>();
            }
        }
        let mut bins = [[0f64; 3]; 15];
        for (v, r) in vi.iter().zip(&right) {
            let p = v.candidates[0].p as f64;
            let b = &mut bins[((p * 15.0) as usize).min(14)];
            b[0] += 1.0;
            b[1] += p;
            b[2] += *r as u8 as f64;
        }
        let ece = bins.iter().map(|b| (b[1] - b[2]).abs()).sum::<f64>() / vi.len() as f64;
        let cnt =
            |vs: &[Verdict], b: Band| vs.iter().filter(|v| v.band == b).count() as f64 / vs.len().max(1) as f64 * 100.0;
        let actwrong = vi.iter().zip(&right).filter(|(v, r)| v.band == Band::Act && !**r).count()
            + vo.iter().filter(|v| v.band == Band::Act).count();
        let acts = vi.iter().chain(&vo).filter(|v| v.band == Band::Act).count();
        println!(
            "   acc={:.1} auc={:.4} ece={:.1}  act={:.0}/{:.0} confirm={:.0}/{:.0} ask={:.0}/{:.0} wrong-acts={:.1}%",
            pos / te.len() as f64 * 100.0,
            auc / pos / vo.len() as f64,
            ece * 100.0,
            cnt(&vi, Band::Act),
            cnt(&vo, Band::Act),
            cnt(&vi, Band::Confirm),
            cnt(&vo, Band::Confirm),
            cnt(&vi, Band::Ask),
            cnt(&vo, Band::Ask),
            actwrong as f64 / acts.max(1) as f64 * 100.0
        );
        for cst in &consts {
            let share = if *cst == 0.0 {
                js["calibration"]["scope"]["share"].as_f64().unwrap()
            } else {
                cst / (cst + k as f64)
            };
            let live = js["calibration"]["scope"]["share"].as_f64().unwrap();
            let shift = ((1.0 - share) / share).ln() - ((1.0 - live) / live).ln();
            let s = |v: &Verdict| {
                let z = (v.in_scope as f64).clamp(1e-9, 1.0 - 1e-7);
                (z / (1.0 - z)).ln() + shift > 0.0
            };
            let acc = vi.iter().zip(&right).filter(|(v, r)| **r && s(v)).count() as f64 / vi.len() as f64;
            let rj = vo.iter().filter(|v| !s(v)).count() as f64;
            let fr = vi.iter().filter(|v| !s(v)).count() as f64;
            let mut pairs: Vec<(String, String)> = vi
                .iter()
                .zip(&te)
                .map(|(v, r)| (r.1.clone(), if s(v) { v.candidates[0].skill.to_string() } else { "~".into() }))
                .collect();
            pairs.extend(
                vo.iter().map(|v| ("~".to_string(), if s(v) { v.candidates[0].skill.to_string() } else { "~".into() })),
            );
            let mut m: BTreeMap<&str, [f64; 2]> = BTreeMap::new();
            let mut ok = 0.0;
            for (a, b) in &pairs {
                m.entry(a).or_default()[0] += 1.0;
                m.entry(b).or_default()[1] += 1.0;
                if a == b {
                    ok += 1.0;
                }
            }
            let n = pairs.len() as f64;
            let tp: f64 = m.values().map(|x| x[0] * x[1]).sum();
            let tt: f64 = m.values().map(|x| x[0] * x[0]).sum();
            let pp: f64 = m.values().map(|x| x[1] * x[1]).sum();
            let mcc = (ok * n - tp) / ((n * n - pp) * (n * n - tt)).sqrt();
            println!(
                "     c={cst} share={share:.2} acc={:.1} rec={:.1} prec={:.1} mcc={mcc:.3}",
                acc * 100.0,
                rj / vo.len() as f64 * 100.0,
                rj / (rj + fr).max(1.0) * 100.0
            );
        }
    }
    c.save(p);
}
