// Logs a user in as a command-line tool in Go would (RFC 8252), with golang.org/x/oauth2: it prints the URL for the
// browser and waits for it on a loopback port. Then it calls the API, refreshes, and gets a token for itself.
//
// Arguments: base URL, issuer, client id, client secret (empty: a public client). Prints what became of it, as JSON.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

type outcome struct {
	WrongVerifier     string `json:"wrong_verifier"`
	Status            int    `json:"status"`
	Refreshed         int    `json:"refreshed"`
	Rotated           bool   `json:"rotated"`
	ClientCredentials int    `json:"client_credentials"`
}

func main() {
	baseURL, issuer, clientID, clientSecret := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	ctx := context.Background()
	listener := must(net.Listen("tcp", "127.0.0.1:0"))
	config := oauth2.Config{
		ClientID:     clientID,
		ClientSecret: clientSecret,
		Endpoint:     oauth2.Endpoint{AuthURL: baseURL + "/oauth/authorize", TokenURL: baseURL + "/oauth/token"},
		RedirectURL:  "http://" + listener.Addr().String() + "/callback",
		Scopes:       []string{"read:compression"},
	}
	verifier, state := oauth2.GenerateVerifier(), oauth2.GenerateVerifier()
	fmt.Println(config.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier)))
	code := must(receive(listener, state, issuer))

	var result outcome
	var refusal *oauth2.RetrieveError
	_, err := config.Exchange(ctx, code, oauth2.VerifierOption(oauth2.GenerateVerifier()))
	if errors.As(err, &refusal) {
		result.WrongVerifier = refusal.ErrorCode
	}
	token := must(config.Exchange(ctx, code, oauth2.VerifierOption(verifier)))
	result.Status = statusOf(config.Client(ctx, token), baseURL)

	expired := *token
	expired.Expiry = time.Now().Add(-time.Minute)
	refreshed := must(config.TokenSource(ctx, &expired).Token())
	result.Refreshed = statusOf(config.Client(ctx, refreshed), baseURL)
	result.Rotated = refreshed.AccessToken != token.AccessToken && refreshed.RefreshToken != token.RefreshToken

	if clientSecret != "" {
		own := clientcredentials.Config{
			ClientID:     clientID,
			ClientSecret: clientSecret,
			TokenURL:     baseURL + "/oauth/token",
			Scopes:       []string{"read:compression"},
		}
		result.ClientCredentials = statusOf(own.Client(ctx), baseURL)
	}
	fmt.Println(string(must(json.Marshal(result))))
}

// receive waits for the browser, and takes a code only with its state and from the issuer (RFC 9207).
func receive(listener net.Listener, state, issuer string) (string, error) {
	codes := make(chan string, 1)
	go http.Serve(listener, http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
		query := request.URL.Query()
		if query.Get("state") != state || query.Get("iss") != issuer {
			http.Error(response, "this is not the answer to our request", http.StatusBadRequest)
			return
		}
		fmt.Fprintln(response, "You can close this page.")
		codes <- query.Get("code")
	}))
	select {
	case code := <-codes:
		return code, nil
	case <-time.After(time.Minute):
		return "", errors.New("nobody came back from the browser")
	}
}

func statusOf(client *http.Client, baseURL string) int {
	response := must(client.Get(baseURL + "/api/compression/stats"))
	defer response.Body.Close()
	return response.StatusCode
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
