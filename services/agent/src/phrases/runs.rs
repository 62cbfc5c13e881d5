//! What is said of runs and their results.

use super::Phrases;

impl Phrases {
    pub(crate) fn nothing_found(self) -> String {
        self.pick("没有找到相关记录。", "Nothing was found.")
    }

    pub(crate) fn nothing_changed(self) -> String {
        self.pick("没有可以改动的记录，什么都没有改变。", "There was nothing to change; everything is as it was.")
    }

    pub(crate) fn failed(self) -> String {
        self.pick(
            "没有办成，什么都没有改变。请稍后再试，或转人工。",
            "It did not work and nothing was changed. Please try again later, or talk to a person.",
        )
    }

    pub(crate) fn running(self, title: &str) -> String {
        self.pick(
            format!("“{title}”正在办理，有结果会告诉您。"),
            format!("\"{title}\" is under way; I'll tell you how it ends."),
        )
    }

    pub(crate) fn with_person(self, title: &str) -> String {
        self.pick(
            format!("“{title}”已交给同事处理，办好会告诉您。"),
            format!("\"{title}\" is with a colleague now; I'll tell you when it is done."),
        )
    }

    pub(crate) fn scheduled(self, title: &str, at: &str) -> String {
        self.pick(
            format!("已安排在{at}执行“{title}”。在那之前说“取消”就不执行。"),
            format!("\"{title}\" will be run {at}. Say \"cancel\" before then to stop it."),
        )
    }

    /// The time in a confirmation.
    pub(crate) fn put_off(self, at: &str) -> String {
        self.pick(format!("（将在{at}执行）"), format!("(It will be run {at}.)"))
    }

    pub(crate) fn unknown(self, title: &str) -> String {
        self.pick(
            format!("“{title}”是否办成，现在无法确认。请不要重复提交，已请同事核实，有结果会告诉您。"),
            format!(
                "I can't tell yet whether \"{title}\" was done. Please don't submit it again; a colleague looks into it and I'll tell you."
            ),
        )
    }

    pub(crate) fn unreachable(self, title: &str) -> String {
        self.pick(
            format!("对方系统没有响应，“{title}”没有办成，什么都没有改变。"),
            format!("The other system could not be reached; \"{title}\" was not done and nothing was changed."),
        )
    }

    pub(crate) fn steps_failed(self, title: &str) -> String {
        self.pick(
            format!("“{title}”没有全部办成，已办的步骤已尽量撤回，同事可以查看详情。"),
            format!(
                "\"{title}\" was not completed; what could be taken back was, and a colleague can see the details."
            ),
        )
    }

    pub(crate) fn rejected(self, title: &str) -> String {
        self.pick(format!("“{title}”没有获得同意，没有办理。"), format!("\"{title}\" was turned down and not done."))
    }

    pub(crate) fn not_stoppable(self, title: &str) -> String {
        self.pick(
            format!("“{title}”已经开始办理，停不下来了。"),
            format!("\"{title}\" has been begun already and can't be stopped."),
        )
    }

    pub(crate) fn not_allowed_by_data(self) -> String {
        self.pick(
            "这些内容与现有数据不符，没有办成，什么都没有改变。",
            "These details don't fit the existing records; nothing was changed.",
        )
    }
}
