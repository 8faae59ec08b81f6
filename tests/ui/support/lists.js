// User lists as PowerShell on a German server writes them.

/** UTF-16 with its mark, little end first. */
export function utf16(text) {
  return Buffer.from(`\ufeff${text}`, "utf16le");
}

/** Rows with a header, semicolons between, quotes around every value; line breaks stay inside them. */
export function csv(columns, rows) {
  const quoted = (value) => `"${String(value).replaceAll('"', '""')}"`;
  const line = (values) => values.map(quoted).join(";");
  return [line(columns), ...rows.map((row) => line(columns.map((column) => row[column] ?? "")))].join("\r\n");
}

const columns = [
  "DisplayName",
  "PrimarySmtpAddress",
  "UserPrincipalName",
  "RecipientTypeDetails",
  "EmailAddresses",
  "Office",
];

/** What `Get-Mailbox | Export-Csv -UseCulture -Encoding Unicode` leaves, `#TYPE` line included. */
export function exported(users, more = []) {
  const rows = users.map((user) => ({
    DisplayName: user.name,
    PrimarySmtpAddress: user.address,
    UserPrincipalName: user.upn ?? user.address,
    RecipientTypeDetails: user.kind ?? "UserMailbox",
    EmailAddresses: `SMTP:${user.address}`,
    // An address of several lines, as people keep it in the directory.
    Office: 'Building "B";\r\n3rd floor',
  }));
  return utf16(
    `#TYPE Selected.Microsoft.Exchange.Data.Directory.Management.Mailbox\r\n${csv(columns, [...rows, ...more])}\r\n`,
  );
}
