/** An External Id from a name: `Contoso, Ltd.` gives `contoso-ltd`. Empty where nothing of the name can be kept. */
export function suggestedId(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9._]+/g, "-")
    .replace(/^[-.]+|[-.]+$/g, "")
    .slice(0, 64);
}
