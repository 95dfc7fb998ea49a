// A handful of line icons of our own, 16 by 16, in the colour of the text.

import type { ReactNode } from "react";

function icon(path: string): () => ReactNode {
  return function Icon() {
    return (
      <svg width="16" height="16" viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth="1.4" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" focusable="false">
        <path d={path} />
      </svg>
    );
  };
}

export const BellIcon = icon("M1.5 13h13M2 12.5c3 0 3.4-9 6-9s3 9 6 9");
export const TargetIcon = icon("M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13ZM8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM8 8h.01");
export const PlayIcon = icon("M4.5 2.5v11l9-5.5-9-5.5Z");
export const StopIcon = icon("M3.5 3.5h9v9h-9z");
export const DismissIcon = icon("m4 4 8 8m0-8-8 8");
export const DownloadIcon = icon("M8 2v8m0 0 3.2-3.2M8 10 4.8 6.8M3 13.5h10");
export const SheetIcon = icon("M2.5 2.5h11v11h-11zM2.5 6.2h11M2.5 9.8h11M6.5 2.5v11");
export const FolderIcon = icon("M1.5 12.5v-9h4.2l1.6 2h7.2v7z");
export const FileIcon = icon("M3.5 1.5h6l3 3v10h-9zM9.5 1.5v3h3");
export const CheckIcon = icon("m3 8.5 3.2 3.2L13 5");
export const FitIcon = icon("M1.5 13.5h13M3 13.5v-3M5.5 13.5v-6M8 13.5V5M10.5 13.5V7M13 13.5v-3.5M1.5 11c3.5 0 4-8 6.5-8s3 6 6.5 7.5");
export const AddIcon = icon("M8 3v10M3 8h10");
