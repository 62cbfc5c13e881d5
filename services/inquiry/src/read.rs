//! A message put together: what is searched for, on which conditions, what is asked about what.

mod around;
mod conditions;
mod near;
mod questions;
mod route;
mod search;
mod target;

use values::Reading;

use super::marks::{self, Mark, What};
use super::schema::Topics;
use super::{Asked, Inquiry, Memory, Near, Place, Said, Thing, Wanted};

impl Topics {
    /// Reads a message. `prior` is how likely each topic is by other evidence, 0 to 1, such as a classifier's.
    #[must_use]
    pub fn read(&self, text: &str, values: &[Reading], memory: &Memory, prior: &dyn Fn(usize) -> f32) -> Inquiry {
        let marks = marks::find(self, memory, text, values);
        let folded: Vec<char> = skills::fold(text).chars().collect();
        let mut reader =
            Reader { topics: self, memory, prior, folded, marks, used: Vec::new(), read: Inquiry::default() };
        reader.used = vec![false; reader.marks.len()];
        reader.run();
        reader.read
    }
}

struct Reader<'a> {
    topics: &'a Topics,
    memory: &'a Memory,
    prior: &'a dyn Fn(usize) -> f32,
    folded: Vec<char>,
    marks: Vec<Mark>,
    /// Which marks are taken care of.
    used: Vec<bool>,
    read: Inquiry,
}

/// A place where nearness is spoken of.
struct Nearby {
    mark: usize,
    /// The mark that says whose neighbours.
    source: Option<usize>,
    /// Whose neighbours: topic, and the thing if it is named.
    of: Option<(usize, Option<Thing>)>,
    /// What neighbours.
    targets: Vec<usize>,
}

impl Reader<'_> {
    fn run(&mut self) {
        if let Some(route) = self.route() {
            self.read_route(route);
            return;
        }
        let nearby = self.nearby();
        for at in 0..self.marks.len() {
            if let What::Things(things) = &self.marks[at].what {
                let thing = self.one_of(at, things);
                if !self.read.named.contains(&thing) {
                    self.read.named.push(thing);
                }
            }
        }
        let target = self.target(&nearby);
        self.conditions(target);
        self.search(target, &nearby);
        self.neighbours(&nearby);
        self.questions();
    }
}
