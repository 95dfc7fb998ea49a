import { Button, Field, Input } from "@fluentui/react-components";
import { useState, type ReactNode } from "react";
import { withOutput } from "../excel/formula/model";
import { useSession } from "./hooks";
import { cellLabel } from "./session";
import type { Editor } from "./state";

type OutputEditing = Extract<Editor, { kind: "output" }>;

/** Names an output and shows the formula that the cell gets. */
export function OutputEditor({ editor }: { editor: OutputEditing }): ReactNode {
  const { session } = useSession();
  const [name, setName] = useState(editor.name);
  const { address, input } = editor.cell;
  return (
    <form className="mc-editor" onSubmit={(event) => { event.preventDefault(); void session.saveOutput(name); }}
      onKeyDown={(event) => { if (event.key === "Escape") session.closeEditor(); }}>
      <h2 className="mc-heading">{editor.marked ? "Output" : "Mark as output"} <span className="mc-cell">{cellLabel(address)}</span></h2>
      <Field label="Name in the results">
        <Input value={name} onChange={(_, data) => setName(data.value)} autoFocus maxLength={120} />
      </Field>
      <div className="mc-formula">{withOutput(String(input), name)}</div>
      <div className="mc-actions">
        <Button type="submit" appearance="primary">{editor.marked ? "Save" : "Mark as output"}</Button>
        <Button onClick={() => session.closeEditor()}>Cancel</Button>
        {editor.marked && <Button appearance="subtle" onClick={() => void session.removeOutput(address)}>Remove mark</Button>}
      </div>
    </form>
  );
}
