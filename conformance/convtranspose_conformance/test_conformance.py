"""One test for each case and backend that the command line names: `pytest --pyargs
convtranspose_conformance.test_conformance`."""

from .plugin.question import Question


def test_conformance(convtranspose_question: Question) -> None:
    """The backend's answers, judged: passed = conforms, xfailed = deviates as declared, skipped =
    the API cannot say it or the backend declines it, failed = fails."""
    convtranspose_question.answer()
