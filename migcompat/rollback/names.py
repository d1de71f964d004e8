"""What a team calls its branches, workflows and documents; the defaults are the runbook's."""

from __future__ import annotations

from migcompat.frozen import frozen


@frozen
class PagesProject:
    """One frontend or docs site that is deployed on its own, apart from the API and the workers."""

    name: str
    paths: tuple[str, ...] = ()
    """Patterns from the repository's top: `docs/**`, `web/*.css`. What no pattern names counts as API and workers."""


DEFAULT_PROJECTS = (
    PagesProject("app.", ("apps/app/**", "frontend/app/**")),
    PagesProject("ops.", ("apps/ops/**", "frontend/ops/**")),
    PagesProject("docs.", ("apps/docs/**", "docs/**")),
)


@frozen
class RollbackNames:
    """Every name that the rollback guide prints."""

    production_branch: str = "production"
    main_branch: str = "main"
    remote: str = "origin"
    deploy_docs: str = "deployment.md"
    disaster_docs: str = "disaster-recovery.md"
    pages_workflow: str = "deploy-pages.yml"
    pages_projects: tuple[PagesProject, ...] = DEFAULT_PROJECTS
    ops_channel: str = "the ops channel"
    generation_label: str = "{sha}"
    """How a generation is named; `{sha}` stands for the short hash of the commit it was built from."""
    links: tuple[tuple[str, str], ...] = ()
    """(what, where) pairs printed below every guide: dashboards, runbooks, phone numbers."""

    def generation(self, short_sha: str) -> str:
        """The name of the generation that was built from a commit."""
        return self.generation_label.replace("{sha}", short_sha)

    @property
    def project_list(self) -> str:
        """The Pages projects in a sentence: `app., ops. or docs.`."""
        names = [project.name for project in self.pages_projects]
        if not names:
            return "a frontend or docs site"
        return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"
