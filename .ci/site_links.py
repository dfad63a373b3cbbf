"""Makes the pages a site: they are written to be read on GitHub, too."""

import os
import posixpath
import re

REPOSITORY = "https://github.com/zenml-installer/zenml-installer/blob/main/"
LINK = re.compile(r"\]\(([^):#\s]+)(#[^)\s]*)?\)")


def on_page_markdown(markdown, page, config, **_):
    """Links to files outside docs/, and to folders, go to GitHub."""
    folder = posixpath.dirname(posixpath.join("docs", page.file.src_uri))
    root = os.path.dirname(config.config_file_path)

    def resolved(match):
        target = posixpath.normpath(posixpath.join(folder, match.group(1)))
        if target.startswith("docs/") and not os.path.isdir(os.path.join(root, target)):
            return match.group(0)
        return f"]({REPOSITORY}{target}{match.group(2) or ''})"

    return LINK.sub(resolved, markdown)
