"""The unified manifest (JSON), for Microsoft 365: the format that Microsoft recommends for new add-ins.

It hides the add-in-only one of the same environment where both are installed (``alternates``). Schema 1.27 is the first
that was seen to take all of this; 1.17 refuses ``contextMenus``.
"""

from __future__ import annotations

import json

from manifests.source import AddIn, Command, Environment, Group

SCHEMA_VERSION = "1.27"
SCHEMA = f"https://developer.microsoft.com/json-schemas/teams/v{SCHEMA_VERSION}/MicrosoftTeams.schema.json"
RUNTIME = "SharedRuntime"
SIZES = (16, 32, 80)

Object = dict[str, object]


def _icons(name: str, environment: Environment) -> list[Object]:
    return [{"size": size, "url": environment.icon(name, size)} for size in SIZES]


def _button(command: Command, environment: Environment) -> Object:
    return {
        "id": command.id,
        "type": "button",
        "label": command.label,
        "icons": _icons(command.icon, environment),
        "supertip": {"title": command.label, "description": command.tip},
        "actionId": command.action,
    }


def _group(group: Group, environment: Environment) -> Object:
    return {
        "id": group.id,
        "label": group.label,
        "icons": _icons(group.icon, environment),
        "controls": [_button(command, environment) for command in group.commands],
    }


def _runtime(addin: AddIn, environment: Environment) -> Object:
    labels = {command.action: command.label for command in addin.commands()}
    return {
        "id": RUNTIME,
        "type": "general",
        "lifetime": "long",
        "code": {"page": environment.url("taskpane.html"), "script": environment.url("functions.js")},
        "actions": [
            {"id": action, "type": "executeFunction", "displayName": label} for action, label in labels.items()
        ],
        "customFunctions": {
            "namespace": {"id": addin.namespace, "name": addin.namespace},
            "metadataUrl": environment.url("functions.json"),
        },
    }


def _extension(addin: AddIn, environment: Environment) -> Object:
    tab = {
        "id": addin.tab_id,
        "label": f"{addin.name}{environment.label}",
        "groups": [_group(group, environment) for group in addin.groups],
    }
    menu = {"entryPoint": "cell", "controls": [_button(command, environment) for command in addin.cell_menu]}
    return {
        "requirements": {
            "scopes": ["workbook"],
            "capabilities": [{"name": r.name, "minVersion": r.minimum} for r in addin.requirements],
        },
        "runtimes": [_runtime(addin, environment)],
        "ribbons": [{"contexts": ["default"], "tabs": [tab]}],
        "contextMenus": [{"menus": [menu]}],
        "alternates": [{"hide": {"customOfficeAddin": {"officeAddinId": environment.identity("xml")}}}],
    }


def json_manifest(addin: AddIn, environment: Environment) -> str:
    """The unified manifest of one environment; the icons it names lie beside it in the package."""
    manifest: Object = {
        "$schema": SCHEMA,
        "manifestVersion": SCHEMA_VERSION,
        "id": environment.identity("json"),
        "version": addin.version,
        "name": {"short": f"{addin.name}{environment.label}", "full": addin.full_name},
        "description": {"short": addin.short_description, "full": addin.description},
        "developer": {
            "name": addin.provider,
            "websiteUrl": environment.base_url,
            "privacyUrl": environment.url("help.html#privacy"),
            "termsOfUseUrl": environment.url("help.html#licence"),
        },
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": addin.accent,
        "localizationInfo": {"defaultLanguageTag": "en-us", "additionalLanguages": []},
        "authorization": {
            "permissions": {"resourceSpecific": [{"name": "Document.ReadWrite.User", "type": "Delegated"}]}
        },
        "validDomains": [environment.domain],
        "extensions": [_extension(addin, environment)],
    }
    return json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
