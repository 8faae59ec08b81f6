/** What an administrator runs in the Exchange Management Shell to get a list of mailboxes (panel 10.2). */
export const exportCommand =
  "Get-Mailbox -ResultSize Unlimited | Select-Object DisplayName,PrimarySmtpAddress,UserPrincipalName," +
  "RecipientTypeDetails,ExchangeGuid,@{n='EmailAddresses';e={$_.EmailAddresses -join ';'}} | " +
  "Export-Csv users.csv -NoTypeInformation -Encoding UTF8";

/** The header of a list, and one line to show the way. */
export const csvTemplate =
  "DisplayName,PrimarySmtpAddress,UserPrincipalName,RecipientTypeDetails,EmailAddresses,SID,Tags\r\n" +
  "Ada Byron,ada.byron@contoso.com,ada.byron@contoso.com,UserMailbox,SMTP:ada.byron@contoso.com;smtp:ada@contoso.com,,vip\r\n";
