//! What is said of plans, of answers from documents, and where a reasoner would have helped.

use super::Phrases;

impl Phrases {
    pub(crate) fn plan_title(self, count: usize) -> String {
        self.pick(format!("一次办 {count} 件事"), format!("{count} things in order"))
    }

    pub(crate) fn confirm_plan(self, count: usize, lines: &str, left_out: usize) -> String {
        let text = self.pick(
            format!("将依次办理 {count} 件事：{lines}\n开始吗？"),
            format!("{count} things will be done in this order:{lines}\nShall I start?"),
        );
        if left_out == 0 {
            return text;
        }
        let lead = self.pick(
            format!("有 {left_out} 项现在办不了，已略去。"),
            format!("{left_out} that can't be done now were left out. "),
        );
        format!("{lead}{text}")
    }

    pub(crate) fn plan_done(self, lines: &str) -> String {
        self.pick(format!("都办好了：{lines}"), format!("All done:{lines}"))
    }

    pub(crate) fn too_many_at_once(self, most: usize) -> String {
        self.pick(
            format!("这会涉及 {most} 项以上，一次最多一起确认 {most} 项。请把范围缩小一些，例如限定日期或客户。"),
            format!(
                "That would be more than {most} things, and at most {most} can be confirmed together. Please narrow it down, for example to a period or a customer."
            ),
        )
    }

    /// A run of several steps that stopped: each step's title and whether it was done, was taken back or failed.
    pub(crate) fn steps_stopped(self, lines: &[String]) -> String {
        let lead = self.pick(
            "没有全部办成，后面的步骤已停下：".to_owned(),
            "This was not completed; the steps after the one that failed were not begun:".to_owned(),
        );
        let lines: String = lines.iter().enumerate().map(|(index, line)| format!("\n{}) {line}", index + 1)).collect();
        format!("{lead}{lines}")
    }

    pub(crate) fn step_line(self, title: &str, state: &str) -> String {
        let how = match state {
            "succeeded" => self.pick("已办好", "done"),
            "taken_back" => self.pick("已撤回", "taken back"),
            "unknown" => self.pick("结果未知，同事会核实", "unknown, a colleague looks into it"),
            _ => self.pick("没有办成", "failed"),
        };
        self.pick(format!("{title}：{how}"), format!("{title}: {how}"))
    }

    pub(crate) fn not_in_documents(self) -> String {
        self.pick(
            "资料里没有查到相关内容。可以换个说法，或者转给同事。".to_owned(),
            "The documents say nothing about that. You can put it differently, or I hand you over to a colleague."
                .to_owned(),
        )
    }

    /// Places that may be about what was asked.
    pub(crate) fn related(self, places: &[String]) -> String {
        let places = self.list(places);
        self.pick(format!("可能相关：{places}。"), format!("It may be in: {places}."))
    }
}
