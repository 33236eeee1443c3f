import { toDataURL } from 'qrcode';

/** A text as a QR code: a PNG in a `data:` URL, for an `<img>`. */
export function qrCodeDataUrl(text: string): Promise<string> {
  return toDataURL(text, { errorCorrectionLevel: 'M', margin: 4, scale: 6 });
}
