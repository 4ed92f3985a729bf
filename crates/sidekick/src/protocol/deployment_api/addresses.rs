//! The addresses of a deployment: where it predicts, and where it describes itself.

use crate::error::Result;
use crate::url::Url;

/// The URL that predictions are posted to, and that of the describe document. A path that ends in
/// `/deployment/ID` names a deployment; `/forward`, `/openapi.json` or a slash may follow. Predictions are
/// posted to any other URL unchanged.
pub(crate) fn addresses(url: Url) -> Result<(Url, Url)> {
    let predict = match deployment_path(url.path()) {
        Some(path) => url.with_path(&format!("{path}/forward"))?,
        None => url,
    };
    let describe = predict.join("openapi.json")?;
    Ok((predict, describe))
}

/// The path of the deployment, up to its ID. `/deployment/forward` names none: such a server has only one
/// deployment.
fn deployment_path(path: &str) -> Option<&str> {
    let path = path.strip_suffix('/').unwrap_or(path);
    let ends = ["/forward", "/openapi.json"];
    let whole = ends.iter().find_map(|end| path.strip_suffix(end)).unwrap_or(path);
    let (front, id) = whole.rsplit_once('/')?;
    (front.ends_with("/deployment") && !matches!(id, "" | "." | "..")).then_some(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn a_deployment_is_known_by_several_urls() {
        for end in ["", "/", "/forward", "/forward/", "/openapi.json", "/openapi.json/"] {
            for front in
                ["/deployment/1", "/a/deployment/deployment", "/deployment/%20", "/deployment/forward"]
            {
                let text = format!("https://h{front}{end}?k=/v");
                let (predict, describe) = addresses(url(&text)).unwrap();
                if format!("{front}{end}").trim_end_matches('/') == "/deployment/forward" {
                    // A server with only one deployment.
                    assert_eq!(predict.target(), format!("/deployment/forward{}?k=/v", &end));
                    continue;
                }
                assert_eq!(predict.target(), format!("{front}/forward?k=/v"), "{text}");
                assert_eq!(describe.target(), format!("{front}/openapi.json"), "{text}");
                assert!(predict.is_of_same_origin(&url(&text)) && describe.is_of_same_origin(&predict));
            }
        }
    }

    #[test]
    fn any_other_url_is_taken_as_it_is() {
        for (text, predict, describe) in [
            ("http://h:80/forward?a=/b#/c", "/forward?a=/b", "/openapi.json"),
            ("http://h", "/", "/openapi.json"),
            ("http://h?x", "/?x", "/openapi.json"),
            ("http://h/deployment", "/deployment", "/openapi.json"),
            ("http://h/deployment/", "/deployment/", "/deployment/openapi.json"),
            ("http://h/deployment//forward", "/deployment//forward", "/deployment//openapi.json"),
            ("http://h/deployment/forward", "/deployment/forward", "/deployment/openapi.json"),
            ("http://h/deployment/1//", "/deployment/1//", "/deployment/1//openapi.json"),
            ("http://h/deployment/1/predict", "/deployment/1/predict", "/deployment/1/openapi.json"),
            ("http://h/model/1/forward/", "/model/1/forward/", "/model/1/forward/openapi.json"),
            ("http://h/xdeployment/1", "/xdeployment/1", "/xdeployment/openapi.json"),
        ] {
            let found = addresses(url(text)).unwrap();
            assert_eq!((&*found.0.target(), &*found.1.target()), (predict, describe), "{text}");
        }
    }
}
