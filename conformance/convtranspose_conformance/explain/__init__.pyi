from .code.all_frameworks import codes as codes
from .inputs.options import case_from_options as case_from_options
from .inputs.subject import Subject as Subject
from .inputs.subject import Unreadable as Unreadable
from .pages.data import json_text as json_text
from .pages.html import page as page
from .pages.text import explain as explain
