//! How long reading takes: all types together, on short messages and on one of 10,000 characters.
#![expect(clippy::print_stdout, reason = "a bench prints")]

use std::hint::black_box;
use std::time::Instant;

use values::{Calendar, Context, read};

fn main() {
    let calendar = Calendar::mainland_china();
    let now = chrono::NaiveDate::from_ymd_opt(2026, 11, 23).and_then(|d| d.and_hms_opt(10, 0, 0)).unwrap_or_default();
    let context = Context::new(now, &calendar);
    let messages = [
        "下周三到周五请年假，如果不行就改到12月8号下午三点以后，另外报销1.2w的差旅费，我的手机号是13812345678，谢谢",
        "Please book a meeting room next Friday from 2-4pm for 10 pe.",
        "帮我book明天下午3点的meeting room，10个人，预算$350，联系wang@example.com，谢谢大家了啊",
        "没什么特别的事情，就是想跟你聊一聊最近的工作情况，还有你们公司的食堂到底好不好吃，能不能带我去吃一顿呢，谢谢你了",
    ];
    for message in messages {
        let rounds = 5_000;
        let start = Instant::now();
        for _ in 0..rounds {
            black_box(read(black_box(message), &context));
        }
        let each = start.elapsed() / rounds;
        println!("{:4} characters {each:>12.1?}  {message}", message.chars().count());
    }
    let long: String = messages.concat().chars().cycle().take(10_000).collect();
    let start = Instant::now();
    for _ in 0..10 {
        black_box(read(black_box(&long), &context));
    }
    println!("{:>4} characters {:>12.1?}", 10_000, start.elapsed() / 10);
}
