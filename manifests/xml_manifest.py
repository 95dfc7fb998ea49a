"""The add-in-only manifest (XML): the one that every Excel with add-ins reads, perpetual versions and iPad included.

The order of elements is the schema's ([MS-OWEMXML]); FunctionFile, the functions' page and the runtime name the same
resource, or Excel starts two runtimes.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from manifests.source import AddIn, Command, Environment, Group

APP = "http://schemas.microsoft.com/office/appforoffice/1.1"
BASIC = "http://schemas.microsoft.com/office/officeappbasictypes/1.0"
OVERRIDES = "http://schemas.microsoft.com/office/taskpaneappversionoverrides"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
SIZES = (16, 32, 80)
PAGE = "Taskpane.Url"


class _Resources:
    """The texts and addresses that elements refer to by id, each once, in order of first use."""

    def __init__(self) -> None:
        self.kinds: dict[str, dict[str, str]] = {"Images": {}, "Urls": {}, "ShortStrings": {}, "LongStrings": {}}

    def use(self, kind: str, identifier: str, value: str) -> str:
        known = self.kinds[kind].setdefault(identifier, value)
        if known != value:
            raise ValueError(f"the resource {identifier} stands for two values")
        return identifier

    def elements(self) -> ET.Element:
        element = ET.Element("Resources")
        members = {"Images": "Image", "Urls": "Url", "ShortStrings": "String", "LongStrings": "String"}
        for kind, values in self.kinds.items():
            group = ET.SubElement(element, f"bt:{kind}")
            for identifier, value in values.items():
                ET.SubElement(group, f"bt:{members[kind]}", id=identifier, DefaultValue=value)
        return element


def _child(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, tag, {name.replace("xsi_", "xsi:"): value for name, value in attributes.items()})
    element.text = text
    return element


def _icon(parent: ET.Element, name: str, resources: _Resources, environment: Environment) -> None:
    icon = _child(parent, "Icon")
    for size in SIZES:
        resid = resources.use("Images", f"Icon.{name}.{size}", environment.icon(name, size))
        _child(icon, "bt:Image", size=str(size), resid=resid)


def _button(parent: ET.Element, command: Command, resources: _Resources, environment: Environment) -> None:
    control = _child(parent, "Control", xsi_type="Button", id=command.id)
    label = resources.use("ShortStrings", f"{command.action}.Label", command.label)
    tip = resources.use("LongStrings", f"{command.action}.Tip", command.tip)
    _child(control, "Label", resid=label)
    supertip = _child(control, "Supertip")
    _child(supertip, "Title", resid=label)
    _child(supertip, "Description", resid=tip)
    _icon(control, command.icon, resources, environment)
    action = _child(control, "Action", xsi_type="ExecuteFunction")
    _child(action, "FunctionName", command.action)


def _group(parent: ET.Element, group: Group, resources: _Resources, environment: Environment) -> None:
    element = _child(parent, "Group", id=group.id)
    _child(element, "Label", resid=resources.use("ShortStrings", f"{group.id}.Label", group.label))
    _icon(element, group.icon, resources, environment)
    for command in group.commands:
        _button(element, command, resources, environment)


def _functions(host: ET.Element, addin: AddIn, resources: _Resources, environment: Environment) -> None:
    point = _child(_child(host, "AllFormFactors"), "ExtensionPoint", xsi_type="CustomFunctions")
    script = resources.use("Urls", "Functions.Script.Url", environment.url("functions.js"))
    metadata = resources.use("Urls", "Functions.Metadata.Url", environment.url("functions.json"))
    for tag, resid in (("Script", script), ("Page", PAGE), ("Metadata", metadata)):
        _child(_child(point, tag), "SourceLocation", resid=resid)
    _child(point, "Namespace", resid=resources.use("ShortStrings", "Functions.Namespace", addin.namespace))


def _form_factor(host: ET.Element, addin: AddIn, resources: _Resources, environment: Environment) -> None:
    form = _child(host, "DesktopFormFactor")
    started = _child(form, "GetStarted")
    title = resources.use("ShortStrings", "GetStarted.Title", f"{addin.name} is ready")
    first_steps = "Select an uncertain number and choose Define distribution on the tab Montecell."
    _child(started, "Title", resid=title)
    _child(started, "Description", resid=resources.use("LongStrings", "GetStarted.Description", first_steps))
    _child(started, "LearnMoreUrl", resid=resources.use("Urls", "GetStarted.Url", environment.url("help.html")))
    _child(form, "FunctionFile", resid=PAGE)
    tab = _child(_child(form, "ExtensionPoint", xsi_type="PrimaryCommandSurface"), "CustomTab", id=addin.tab_id)
    for group in addin.groups:
        _group(tab, group, resources, environment)
    _child(tab, "Label", resid=resources.use("ShortStrings", "Tab.Label", f"{addin.name}{environment.label}"))
    menu = _child(_child(form, "ExtensionPoint", xsi_type="ContextMenu"), "OfficeMenu", id="ContextMenuCell")
    for command in addin.cell_menu:
        _button(menu, command, resources, environment)


def _overrides(addin: AddIn, environment: Environment) -> ET.Element:
    resources = _Resources()
    resources.use("Urls", PAGE, environment.url("taskpane.html"))
    element = ET.Element("VersionOverrides", {"xmlns": OVERRIDES, "xsi:type": "VersionOverridesV1_0"})
    host = _child(_child(element, "Hosts"), "Host", xsi_type="Workbook")
    _child(_child(host, "Runtimes"), "Runtime", resid=PAGE, lifetime="long")
    _functions(host, addin, resources, environment)
    _form_factor(host, addin, resources, environment)
    element.append(resources.elements())
    return element


def _identity(addin: AddIn, environment: Environment) -> Iterable[tuple[str, str | None, dict[str, str]]]:
    yield "Id", environment.identity("xml"), {}
    yield "Version", f"{addin.version}.0", {}
    yield "ProviderName", addin.provider, {}
    yield "DefaultLocale", "en-US", {}
    yield "DisplayName", None, {"DefaultValue": f"{addin.name}{environment.label}"}
    yield "Description", None, {"DefaultValue": addin.description}
    yield "IconUrl", None, {"DefaultValue": environment.icon("montecell", 32)}
    yield "HighResolutionIconUrl", None, {"DefaultValue": environment.icon("montecell", 64)}
    yield "SupportUrl", None, {"DefaultValue": environment.url("help.html")}


def xml_manifest(addin: AddIn, environment: Environment) -> str:
    """The XML manifest of one environment, ready to be written as UTF-8."""
    spaces = {"xmlns": APP, "xmlns:xsi": XSI, "xmlns:bt": BASIC, "xsi:type": "TaskPaneApp"}
    root = ET.Element("OfficeApp", spaces)
    for tag, text, attributes in _identity(addin, environment):
        ET.SubElement(root, tag, attributes).text = text
    _child(_child(root, "AppDomains"), "AppDomain", environment.base_url)
    _child(_child(root, "Hosts"), "Host", Name="Workbook")
    sets = _child(_child(root, "Requirements"), "Sets", DefaultMinVersion="1.1")
    for requirement in addin.requirements:
        _child(sets, "Set", Name=requirement.name, MinVersion=requirement.minimum)
    _child(_child(root, "DefaultSettings"), "SourceLocation", DefaultValue=environment.url("taskpane.html"))
    _child(root, "Permissions", "ReadWriteDocument")
    root.append(_overrides(addin, environment))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"
