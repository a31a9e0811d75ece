"""The district's report as an official paper: what is printed, built from figures and text."""

from reports.papers.report import KIND, signer_of, snapshot_of, subject_of

__all__ = ["KIND", "signer_of", "snapshot_of", "subject_of"]
