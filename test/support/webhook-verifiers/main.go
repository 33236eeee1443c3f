// The verification function of the guide, unchanged, behind a command line: reads a body, prints whether it verifies.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
)

func VerifyWebhookSignature(payload []byte, signature string, secret string) bool {
	expectedSig := hmac.New(sha256.New, []byte(secret))
	expectedSig.Write(payload)
	expected := hex.EncodeToString(expectedSig.Sum(nil))
	return hmac.Equal([]byte(expected), []byte(signature))
}

func main() {
	payload, err := io.ReadAll(os.Stdin)
	if err != nil {
		os.Exit(1)
	}
	fmt.Print(VerifyWebhookSignature(payload, os.Args[1], os.Args[2]))
}
