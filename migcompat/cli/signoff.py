"""`migcompat signoff`."""

from __future__ import annotations

import click


@click.command("signoff")
@click.argument("file", type=click.Path())
@click.option("--by", required=True, metavar="NAME", help="Who signs.")
@click.option("--note", default="", metavar="TEXT", help="What the signature is based on.")
@click.option("--since", metavar="REV", help="Judge the migration as part of the deploy since this revision.")
def command(file: str, by: str, note: str, since: str | None) -> None:
    """Record a reviewer's signature under the overrides of a migration.

    FILE is the migration. The signature is for what breaks now: it lapses when that changes.
    """
    from migcompat.config import load_config_for
    from migcompat.errors import CheckError
    from migcompat.listing import NAMES
    from migcompat.overridden import of_file
    from migcompat.signoff import Signed, add_signature, read_signatures, signature_of

    if not by.strip():
        raise CheckError("--by needs a name")
    config = load_config_for((file,), NAMES)
    path = config.resolve(config.signoff_file)
    signed = Signed(read_signatures(path))
    findings = [finding for finding in of_file(file, since, config) if not signed.reviewers(finding)]
    if not findings:
        click.echo(f"{file}: no override without a signature")
        return
    signature = signature_of(findings, by.strip(), note.strip())
    add_signature(path, signature)
    click.echo(f"{path}: {signature.by} signs, for {signature.migration}:")
    for line in signature.breaks:
        click.echo(f"  {line}")
    click.echo("Commit the file: guarded by CODEOWNERS, that commit is the reviewer's signature.")
