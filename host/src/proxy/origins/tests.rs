use std::rc::Rc;
use std::sync::Arc;

use super::Origins;
use crate::egress::{Egress, Outbound};

fn keeping(origins_kept: usize) -> Origins {
    let rules = Egress { origins_kept, ..Egress::default() };
    Origins::new(Arc::new(Outbound::new(&rules).unwrap()))
}

#[test]
fn an_origin_is_one_server_however_it_is_written() {
    let origins = keeping(2);
    let first = origins.server("http://127.0.0.1:80").unwrap();
    assert!(Rc::ptr_eq(&first, &origins.server("HTTP://127.0.0.1").unwrap()));
    assert!(!Rc::ptr_eq(&first, &origins.server("http://127.0.0.1:81").unwrap()));
}

#[test]
fn the_one_that_was_called_least_lately_is_forgotten() {
    let origins = keeping(2);
    let server = |port: u16| origins.server(&format!("http://localhost:{port}")).unwrap();
    let (one, two) = (server(1), server(2));
    assert!(Rc::ptr_eq(&one, &server(1)));
    let three = server(3);
    assert!(Rc::ptr_eq(&one, &server(1)) && Rc::ptr_eq(&three, &server(3)));
    assert!(!Rc::ptr_eq(&two, &server(2)));
}

#[test]
fn what_may_not_be_called_has_no_server() {
    for target in ["http://idp.test", "idp", "https://idp.test/path"] {
        assert!(keeping(1).server(target).is_none(), "{target}");
    }
}
