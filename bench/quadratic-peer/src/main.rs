//! Runs pluralistic-rs over the gifts on standard input, one "project donor amount" a line, and prints the seconds of each
//! round and the shares. Its shares can be read by no other way than as debugging text.

use pluralistic_rs::{calculate_linear_qf, Contribution, LinearQfOptions};
use std::io::Read;
use std::time::Instant;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let pool: f64 = arguments[1].parse().expect("pool");
    let rounds: usize = arguments[2].parse().expect("rounds");
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text).expect("gifts");
    let gifts: Vec<Contribution> = text
        .lines()
        .map(|line| {
            let mut words = line.split(' ').map(String::from);
            let recipient = words.next().expect("project");
            let sender = words.next().expect("donor");
            let amount = words.next().expect("amount").parse().expect("amount");
            Contribution { recipient, amount, sender }
        })
        .collect();
    let mut shares = Vec::new();
    for _ in 0..rounds {
        let own = gifts.clone();
        let began = Instant::now();
        shares = calculate_linear_qf(own, pool, LinearQfOptions { upscale: true, ..Default::default() });
        println!("seconds {}", began.elapsed().as_secs_f64());
    }
    for share in shares {
        println!("{share:?}");
    }
}
