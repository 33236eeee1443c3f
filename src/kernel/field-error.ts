/** One fault of one input field, as the client spelt it: `allowed_ips[1]`, `data.name`. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}
