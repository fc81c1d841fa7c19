"""A program on a page: each line that a section of the notes teaches leads there."""

import re

from mcbook.statements import sections

_SECTION = re.compile(r"<span class=['\"]mc-section['\"] data-section=['\"](X\.\d+)['\"]>[^<]*</span>")


def lead_to_sections(app, pagename, templatename, context, doctree):
    """Make a link of each section that is named beside a line."""
    if "mc-program" not in context.get("body", ""):
        return

    def link(found):
        if f"book/{sections()[found[1]]}" == pagename:
            return f'<span class="mc-section">{found[1]}</span>'
        address = app.builder.get_relative_uri(pagename, f"book/{sections()[found[1]]}")
        return f'<a class="mc-section" href="{address}" title="the section that teaches this line">{found[1]}</a>'
    context["body"] = _SECTION.sub(link, context["body"])
