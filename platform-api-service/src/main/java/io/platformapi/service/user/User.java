package io.platformapi.service.user;

import jakarta.persistence.CollectionTable;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.JoinColumn;
import jakarta.persistence.Table;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.hibernate.annotations.BatchSize;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.type.SqlTypes;

/** A row of {@code users} with its roles. */
@Entity
@Table(name = "users")
public class User {
  private static final int PAGE = 200;

  @Id private UUID id;
  private String subject;
  private String email;
  private String displayName;
  private String status;

  @JdbcTypeCode(SqlTypes.JSON)
  private String attributes;

  private Instant createdAt;
  private Instant updatedAt;
  private long version;

  @ElementCollection
  @CollectionTable(name = "user_roles", joinColumns = @JoinColumn(name = "user_id"))
  @Column(name = "role")
  @BatchSize(size = PAGE)
  private Set<String> roles = new HashSet<>();

  protected User() {}

  User(UUID id, Profile profile, Instant now) {
    this.id = id;
    this.createdAt = now.truncatedTo(ChronoUnit.MICROS);
    become(profile, now);
  }

  final void become(Profile profile, Instant now) {
    subject = profile.subject();
    email = profile.email();
    displayName = profile.displayName();
    status = profile.status().code();
    attributes = Attributes.write(profile.attributes());
    roles.retainAll(profile.roles());
    roles.addAll(profile.roles());
    updatedAt = now.truncatedTo(ChronoUnit.MICROS);
    version++;
  }

  /** Forgets all but the id and the subject, which keep its tokens refused. */
  void delete(Instant now) {
    become(
        new Profile(subject, null, null, UserStatus.DELETED, new TreeSet<>(), new TreeMap<>()),
        now);
  }

  UUID id() {
    return id;
  }

  String subject() {
    return subject;
  }

  UserStatus status() {
    return UserStatus.of(status).orElseThrow();
  }

  long version() {
    return version;
  }

  Profile profile() {
    return new Profile(
        subject, email, displayName, status(), new TreeSet<>(roles), Attributes.read(attributes));
  }

  UserDetails details() {
    return new UserDetails(
        id,
        subject,
        email,
        displayName,
        status(),
        List.copyOf(new TreeSet<>(roles)),
        Collections.unmodifiableMap(Attributes.read(attributes)),
        createdAt,
        updatedAt,
        version);
  }
}
