//! How long a lookup takes: 5,000 choices, messages of about 60 characters.
#![expect(clippy::print_stdout, reason = "a bench prints")]

use std::hint::black_box;
use std::time::Instant;

use dialogue::lookup::{Choice, Index};

const CITIES: &[&str] = &["北京", "上海", "广州", "成都", "杭州", "武汉", "西安", "南京", "重庆", "长沙"];
const NAMES: &[&str] =
    &["大成", "宏远", "华信", "金桥", "天宇", "长城", "和平", "远洋", "光明", "新世纪", "银河", "东方"];
const KINDS: &[&str] = &["机械", "贸易", "电子", "建筑", "食品", "物流", "医药", "化工", "酒店", "传媒"];
const LATIN: &[&str] =
    &["Acme", "Globex", "Initech", "Umbrella", "Stark", "Wayne", "Hooli", "Vandelay", "Cyberdyne", "Tyrell"];

fn main() {
    let choices: Vec<Choice> = (0..5_000)
        .map(|n: usize| {
            let label = if n.is_multiple_of(5) {
                format!("{} {} Trading {} Ltd", LATIN[n / 5 % 10], LATIN[n / 50 % 10], n / 500)
            } else {
                let (city, name, kind) = (CITIES[n % 10], NAMES[n / 10 % 12], KINDS[n / 120 % 10]);
                format!("{city}{name}{}{kind}有限公司(第{}分店)", NAMES[n / 1200 % 12], n % 97)
            };
            Choice { value: n.into(), label, further: vec![format!("C-{n:05}")] }
        })
        .collect();
    let start = Instant::now();
    let index = Index::new(&choices);
    println!("{} choices indexed in {:.1?}", index.len(), start.elapsed());
    let messages = [
        "麻烦帮我查一下北京大城机械有限公司第三分店上个月的订单，再把上海宏远贸易的地址改到浦东新区世纪大道，谢谢你了",
        "please check the last order of Acme Globx Trading and send the invoice again",
        "今天天气不错，我想问一下公司的年会几点开始，需要带什么东西，家属可不可以一起来参加，停车方不方便，晚上有没有饭吃",
        "bei jing da cheng ji xie de ding dan",
        "C-00042",
    ];
    for message in messages {
        let found = index.find(message);
        let rounds = 200;
        let start = Instant::now();
        for _ in 0..rounds {
            black_box(index.find(black_box(message)));
        }
        let each = start.elapsed() / rounds;
        println!("{:3} characters {:>10.1?} {} mentions  {message}", message.chars().count(), each, found.len());
    }
}
