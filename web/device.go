package web

import (
	"net/http"
	"strings"
)

// device says in a few words from what somebody signed in, so that they know it again in their settings. What a browser says
// of itself is kept in no other form.
func device(r *http.Request) string {
	said := r.UserAgent()
	name := "A browser"
	for _, b := range [][2]string{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser", "Samsung Internet"}, {"Firefox", "Firefox"}, {"FxiOS", "Firefox"},
		{"CriOS", "Chrome"}, {"Chrome", "Chrome"}, {"Safari", "Safari"}} {
		if strings.Contains(said, b[0]) {
			name = b[1]
			break
		}
	}
	for _, s := range [][2]string{{"iPhone", "an iPhone"}, {"iPad", "an iPad"}, {"Android", "an Android device"}, {"CrOS", "a Chromebook"},
		{"Windows", "Windows"}, {"Mac OS X", "a Mac"}, {"Linux", "Linux"}} {
		if strings.Contains(said, s[0]) {
			return name + " on " + s[1]
		}
	}
	return name
}
