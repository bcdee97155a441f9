"""Describes files for people by the extensions of their names: "Word document" for `.docx`.

A name may lie, so labels are only shown. How a file is served depends on its content.
"""

import re

LABELS = {
    "Word document": "doc docx dot dotx",
    "Text document": "odt rtf pages",
    "Spreadsheet": "xls xlsx xlsm ods numbers",
    "Presentation": "ppt pptx pps ppsx odp key",
    "Table": "csv tsv",
    "Text": "txt text log",
    "Markdown text": "md markdown",
    "PDF": "pdf",
    "E-book": "epub mobi",
    "Web page": "html htm xhtml",
    "Data": "json xml yaml yml toml",
    "Drawing": "svg ai eps odg vsd vsdx",
    "Design": "psd xd fig sketch indd",
    "Image": "jpg jpeg png gif webp avif heic heif bmp tif tiff ico raw dng cr2 cr3 nef",
    "Audio": "mp3 m4a ogg oga opus wav flac aac aif aiff wma",
    "Video": "mp4 m4v mov webm mkv avi wmv ogv mpg mpeg 3gp",
    "ZIP archive": "zip",
    "Archive": "7z rar tar gz tgz bz2 xz zst",
    "Calendar": "ics",
    "Contact": "vcf",
    "Mail": "eml msg",
    "Font": "ttf otf woff woff2",
    "Program": "exe msi dmg app apk deb rpm appimage bat cmd",
}
BY_EXTENSION = {each: label for label, extensions in LABELS.items() for each in extensions.split()}


def file_label(name: str) -> str:
    """Return what to call a file of this name, such as "Word document".

    For an unknown extension it is "XYZ file", without an extension "File".
    """
    extension = re.search(r"\.([A-Za-z0-9]{1,8})$", name)
    if not extension:
        return "File"
    return BY_EXTENSION.get(extension[1].lower(), f"{extension[1].upper()} file")
