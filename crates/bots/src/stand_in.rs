//! (stand-in until the domain's pattern reader lands)
use parlor_rooms::pattern::Pattern;
pub(crate) struct Budget;
impl Budget {
    pub(crate) fn for_text(_: usize) -> Self {
        Self
    }
}
#[allow(clippy::type_complexity)]
pub(crate) fn search(
    bot: &parlor_rooms::Bot,
    _: &Pattern,
    text: &str,
    _: &mut Budget,
) -> Result<Option<Vec<(String, Option<String>)>>, ()> {
    let source = bot.responds_to.as_deref().filter(|p| !p.is_empty()).unwrap_or(&bot.name);
    let plain: String = source.replace(r"\b", "").to_lowercase();
    Ok(text.to_lowercase().contains(&plain).then(Vec::new))
}
