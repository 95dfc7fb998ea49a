/** An answer of the host that Microsoft's client turns into OfficeExtension.Error with this code. */
export class ApiError extends Error {
  constructor(readonly code: string, message: string) {
    super(message);
  }
}
