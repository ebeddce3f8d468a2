/** Why a file that a user named can't be read. */
export function describeFileError({ code }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return "can't be read: there is no such file";
  return code === 'EISDIR' ? "can't be read: it is a folder; name the files in it" : `can't be read (${code})`;
}
