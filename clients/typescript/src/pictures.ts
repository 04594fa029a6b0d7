// Pictures on their way to the service, as forms.

/** A picture: bytes with their name, a File of a page for example. Without a name it is called upload. */
export type Picture = Blob | { readonly name: string; readonly data: Blob };

/** Where the document of the service describes a form as an object: its files as files, texts as texts, the rest as JSON. */
export function form(body: object): FormData {
  const made = new FormData();
  for (const [name, value] of Object.entries(body)) {
    for (const each of Array.isArray(value) ? (value as unknown[]) : [value]) {
      if (each instanceof Blob) made.append(name, each, nameOf(each));
      else if (each !== undefined) made.append(name, typeof each === "string" ? each : JSON.stringify(each));
    }
  }
  return made;
}

/** The bytes with their name, as `form` looks for it. */
export function fileOf(picture: Picture): Blob {
  // Not a File, which Node 18 does not know.
  return picture instanceof Blob ? picture : Object.assign(picture.data.slice(), { name: picture.name });
}

function nameOf(file: Blob): string {
  return "name" in file && typeof file.name === "string" ? file.name : "upload";
}
