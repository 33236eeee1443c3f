// The functions of the guide, unchanged, behind a command line: hands a body with a signature to the handler and prints
// whether it goes on to process it. Arguments: signature, secret.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/ioutil"
	"net/http"
	"net/http/httptest"
	"os"
)

var webhookSecret string

func VerifyWebhookSignature(payload []byte, signature string, secret string) bool {
	expectedSig := hmac.New(sha256.New, []byte(secret))
	expectedSig.Write(payload)
	expected := hex.EncodeToString(expectedSig.Sum(nil))
	return hmac.Equal([]byte(expected), []byte(signature))
}

// In your webhook handler
func HandleWebhook(w http.ResponseWriter, r *http.Request) {
	payload, _ := ioutil.ReadAll(r.Body)
	signature := r.Header.Get("X-Kindly-Signature")
	if !VerifyWebhookSignature(payload, signature, webhookSecret) {
		http.Error(w, "Invalid signature", http.StatusUnauthorized)
		return
	}
	// Process webhook...
}

func main() {
	webhookSecret = os.Args[2]
	request := httptest.NewRequest(http.MethodPost, "/hook", os.Stdin)
	request.Header.Set("X-Kindly-Signature", os.Args[1])
	response := httptest.NewRecorder()
	HandleWebhook(response, request)
	fmt.Print(response.Code == http.StatusOK)
}
