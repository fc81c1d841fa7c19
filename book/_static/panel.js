// A link to a check opens its panel. By their marks the panels open without a script.
(() => {
  const open = () => {
    const panel = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const mark = panel?.popover && document.querySelector(`[popovertarget="${panel.id}"]`);
    if (!mark) return;
    mark.scrollIntoView({ block: "center" });
    if (!panel.matches(":popover-open")) mark.click();
  };
  addEventListener("hashchange", open);
  addEventListener("load", open);
})();
