//! A Whapi gate on loopback with made-up people, the documented rules, and faults on request.
