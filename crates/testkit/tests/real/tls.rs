use herold_testkit::{Certificate, Stub, TlsProxy};

async fn visit(proxy: &TlsProxy) -> reqwest::Result<reqwest::Response> {
    let root = reqwest::Certificate::from_pem(proxy.authority_pem().as_bytes()).unwrap();
    let client = reqwest::Client::builder().tls_certs_only([root]).build().unwrap();
    client.get(proxy.url()).send().await
}

#[tokio::test]
async fn only_the_valid_certificate_is_accepted() {
    let stub = Stub::html().await;
    for kind in [
        Certificate::Valid,
        Certificate::Expired,
        Certificate::WrongHost,
        Certificate::SelfSigned,
        Certificate::UnknownAuthority,
    ] {
        let proxy = TlsProxy::before(&stub.url(), kind).await;
        let answer = visit(&proxy).await;
        assert_eq!(answer.is_ok(), kind == Certificate::Valid, "{kind:?}: {answer:?}");
    }
}
